import { formatDuration } from '../output/duration.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import type { AgentResult, FleetResult } from './fleet-result.ts';
import { legsOf, totalUs } from './stop-picture.ts';

/** The end of the demo: agent, decisions, stopped or not, why, and the delays. */
export function printFleetTable(result: FleetResult, terminal: Terminal): void {
  const { colours } = terminal;
  terminal.line();
  printTable(
    terminal,
    ['agent', 'what it does', 'decisions', 'stopped', 'why', 'bad action → confirmed'],
    result.agents.map((agent) => rowOf(agent, terminal)),
    { numeric: [2] },
  );
  terminal.line();
  const stopped = result.agents.filter(({ stop }) => stop !== undefined).length;
  const untouched = result.agents.length - stopped;
  if (result.isAsExpected) terminal.line(`${colours.green('✓')} ${stopped} stopped and confirmed, ${untouched} untouched.`);
  else terminal.line(`${colours.red('✗')} Not as it should be: look at the table, then at the log.`);
}

function rowOf({ agent, decisions, stop, exitCode }: AgentResult, { colours }: Terminal): string[] {
  const isWrong = (stop !== undefined) !== agent.shouldBeStopped;
  const paint = isWrong ? colours.red : (text: string): string => text;
  const verdict =
    stop === undefined
      ? colours.green(exitCode === 0 ? 'no, finished' : exitCode === undefined ? 'no, still running' : `no, ended with ${exitCode}`)
      : colours.yellow(stop.hold.action === 'kill' ? 'killed' : 'paused');
  const total = stop === undefined ? undefined : totalUs(stop);
  const legs =
    stop === undefined
      ? ''
      : colours.dim(
          `(${legsOf(stop)
            .map((leg) => `${leg.name} +${formatDuration(leg.durationUs)}`)
            .join(', ')})`,
        );
  return [
    paint(colours.bold(agent.id)),
    colours.dim(agent.about),
    decisions === undefined ? '' : String(decisions),
    verdict,
    stop?.anomaly === undefined ? (stop?.hold.cause.kind ?? '') : `${stop.anomaly.detector} ${stop.anomaly.rule}`,
    total === undefined ? '' : `${colours.bold(formatDuration(total))} ${legs}`,
  ];
}
