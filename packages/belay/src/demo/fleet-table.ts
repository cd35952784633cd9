import type { StopStory } from '../client/stop-story.ts';
import { breakerText } from '../output/breaker-text.ts';
import { printTable } from '../output/table.ts';
import type { Colours, Terminal } from '../output/terminal.ts';
import type { AgentResult, FleetResult } from './fleet-result.ts';
import { legsOf, totalUs } from './stop-picture.ts';

/** The end of the demo: agent, decisions, stopped or not, why, and the delays. */
export function printFleetTable(result: FleetResult, terminal: Terminal, nowUs: number): void {
  const { colours } = terminal;
  terminal.line();
  printTable(
    terminal,
    ['agent', 'what it does', 'decisions', 'stopped', 'why', 'bad action → confirmed, in ms'],
    result.agents.map((agent) => rowOf(agent, terminal)),
    { numeric: [2] },
  );
  terminal.line();
  const stopped = result.agents.filter(({ stop }) => stop !== undefined).length;
  const untouched = result.agents.length - stopped;
  if (result.isAsExpected)
    terminal.line(
      `${colours.green('✓')} ${stopped} stopped and confirmed, ${untouched} untouched. ${colours.dim('Legs: detected + held + applied + confirmed.')}`,
    );
  else if (result.breaker?.isOpen === true) {
    terminal.line(`${colours.red('✗')} Not as it should be: the breaker is open, so automation may hold nobody else.`);
    terminal.line(`  ${breakerText(result.breaker, nowUs)}. Run the demo again then, or in a data folder of its own: --data DIR.`);
  } else terminal.line(`${colours.red('✗')} Not as it should be: look at the table, then at the log.`);
}

function rowOf({ agent, decisions, stop, exitCode }: AgentResult, { colours }: Terminal): string[] {
  const isWrong = (stop !== undefined) !== agent.shouldBeStopped;
  const name = colours.bold(agent.id);
  const why = stop?.anomaly === undefined ? (stop?.hold.cause.kind ?? '') : `${stop.anomaly.detector} ${stop.anomaly.rule}`;
  const verdict = stop === undefined ? colours.green(endOf(exitCode)) : colours.yellow(stop.hold.action === 'kill' ? 'killed' : 'paused');
  return [
    isWrong ? colours.red(name) : name,
    colours.dim(agent.about),
    decisions === undefined ? '' : String(decisions),
    verdict,
    why,
    stop === undefined ? '' : delaysOf(stop, colours),
  ];
}

function endOf(exitCode: number | undefined): string {
  if (exitCode === undefined) return 'no, still running';
  return exitCode === 0 ? 'no, finished' : `no, ended with ${exitCode}`;
}

function delaysOf(stop: StopStory, colours: Colours): string {
  const total = totalUs(stop);
  if (total === undefined) return 'not confirmed';
  const legs = legsOf(stop).map(({ durationUs }) => milliseconds(durationUs));
  return `${colours.bold(milliseconds(total))} ${colours.dim(`= ${legs.join(' + ')}`)}`;
}

const milliseconds = (durationUs: number): string => (durationUs / 1000).toFixed(durationUs < 10_000 ? 1 : 0);
