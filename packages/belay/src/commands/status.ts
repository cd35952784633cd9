import type { Command } from 'commander';
import { CANARY_AGENT } from '../canary/canary-agent.ts';
import { type Connection, type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { isAnswering } from '../client/is-answering.ts';
import { learningOf } from '../client/learning-view.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { agentsSchema, anomaliesSchema, type BreakerView, breakerSchema, holdsSchema, readAnswer } from '../client/platform-views.ts';
import { type ProcessStatus, readProcessStatus } from '../client/process-status.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { BREAKER_MEND, breakerText } from '../output/breaker-text.ts';
import { formatAgo, formatDuration } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import type { Terminal } from '../output/terminal.ts';

interface Facts {
  readonly control: { readonly url: string; readonly ready: boolean };
  readonly collector: { readonly url: string; readonly ready: boolean };
  readonly process: ProcessStatus | undefined;
  readonly agents: { readonly known: number; readonly live: number; readonly held: number; readonly unconfirmed: number };
  readonly holds: number;
  readonly breaker: BreakerView | undefined;
  /** Agents that some detector is still learning; undefined where no detectors are in reach. */
  readonly learning: number | undefined;
  readonly lastAnomaly:
    | { readonly agentId: string; readonly explanation: string; readonly detectedUs: number; readonly response: string }
    | undefined;
}

/** `belay status`: is the platform well, and is the loop closed? Exit code 6 when it is not. */
export function addStatus(program: Command, context: CliContext): void {
  withConnection(program.command('status').description('Is the platform well, and does the loop from decision to confirmed pause work?'))
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionOptions & { json?: boolean }) => {
      const facts = await collect(await resolveConnection(options, context.env));
      const isWell = facts.control.ready && facts.collector.ready && facts.process?.canary?.state !== 'broken';
      if (!isWell) context.setExitCode(EXIT.checkFailed);
      if (options.json) context.terminal.json({ isWell, ...facts });
      else print(facts, context);
    });
}

async function collect(connection: Connection): Promise<Facts> {
  const client = createOperatorClient(connection);
  const [agentsAnswer, holdsAnswer, anomaliesAnswer, detectorsAnswer, process, control, collector] = await Promise.all([
    client.get('/v1/agents?limit=1000'),
    client.get('/v1/holds?limit=1000'),
    client.get('/v1/anomalies?limit=50'),
    client.get('/v1/detectors'),
    readProcessStatus(connection.platform?.statusUrl),
    isAnswering(connection.control),
    isAnswering(connection.collector),
  ]);
  const agents = readAnswer(agentsSchema, agentsAnswer, 'agents').agents.filter(({ agentId }) => agentId !== CANARY_AGENT);
  const { anomalies } = readAnswer(anomaliesSchema, anomaliesAnswer, 'anomalies');
  const last = anomalies.map(({ anomaly }) => anomaly).find(({ detector }) => detector !== 'canary');
  return {
    control: { url: connection.control, ready: control },
    collector: { url: connection.collector, ready: collector },
    process,
    agents: {
      known: agents.length,
      live: agents.filter(({ liveRuns }) => liveRuns > 0).length,
      held: agents.filter(({ openHolds }) => openHolds > 0).length,
      unconfirmed: agents.filter(({ obedience }) => obedience === 'unconfirmed').length,
    },
    holds: readAnswer(holdsSchema, holdsAnswer, 'holds').holds.filter(({ agentId }) => agentId !== CANARY_AGENT).length,
    learning: countLearning(detectorsAnswer),
    breaker: readAnswer(breakerSchema, detectorsAnswer, 'detectors').breaker,
    lastAnomaly:
      last === undefined
        ? undefined
        : { agentId: last.agentId, explanation: last.explanation, detectedUs: last.detectedUs, response: last.response },
  };
}

function countLearning(detectors: unknown): number | undefined {
  const learning = learningOf(detectors);
  return learning && [...learning.agents].filter(([agentId, left]) => left.length > 0 && agentId !== CANARY_AGENT).length;
}

function print(facts: Facts, { terminal, clock }: CliContext): void {
  const { colours } = terminal;
  const row = (name: string, value: string): void => terminal.line(`${colours.dim(name.padEnd(11))} ${value}`);
  const ready = (part: { url: string; ready: boolean }): string =>
    `${part.ready ? colours.green('ready') : colours.red('not ready')}  ${colours.dim(part.url)}`;
  row('collector', ready(facts.collector));
  row('control', ready(facts.control));
  const { process, agents } = facts;
  if (process !== undefined) printProcess(process, terminal, row);
  row(
    'agents',
    `${agents.known} known, ${agents.live} live, ${paintCount(agents.held, 'held', colours.yellow)}${agents.unconfirmed > 0 ? `, ${colours.red(`${agents.unconfirmed} owe an acknowledgement`)}` : ''}`,
  );
  row('holds', `${paintCount(facts.holds, 'open', colours.yellow)}`);
  if (facts.learning !== undefined && facts.learning > 0)
    row(
      'learning',
      `${colours.cyan(String(facts.learning))}  ${colours.dim('agents that a detector does not know yet, and finds less of: belay agents')}`,
    );
  if (facts.breaker !== undefined) printBreaker(facts.breaker, { terminal, nowUs: clock.nowUs() }, row);
  const { lastAnomaly } = facts;
  if (lastAnomaly !== undefined) {
    row(
      'last found',
      `${colours.bold(safeText(lastAnomaly.agentId, 40))} ${ANSWERS[lastAnomaly.response] ?? lastAnomaly.response} ${colours.dim(formatAgo(lastAnomaly.detectedUs, clock.nowUs()))}`,
    );
    row('', safeText(lastAnomaly.explanation, terminal.columns - 12));
  }
}

const ANSWERS: Readonly<Record<string, string>> = {
  none: 'recorded only',
  notify: 'notified',
  pause: 'answered with a pause',
  kill: 'answered with a kill',
};

/** Says nothing while there is room: then an operator needs to do nothing. */
function printBreaker(
  breaker: BreakerView,
  { terminal: { colours }, nowUs }: { terminal: Terminal; nowUs: number },
  row: (name: string, value: string) => void,
): void {
  if (!breaker.isOpen) return;
  row('breaker', `${colours.red('open: automatic holds have stopped')}  ${colours.dim(breakerText(breaker, nowUs))}`);
  row('', BREAKER_MEND);
}

function printProcess(process: ProcessStatus, { colours }: Terminal, row: (name: string, value: string) => void): void {
  for (const [part, engine] of Object.entries(process.engines)) {
    const isHealthy = process.health[part];
    row(
      part,
      `${isHealthy === false ? colours.red('away') : isHealthy === undefined ? colours.dim('not here') : colours.green('well')}  ${colours.dim(safeText(engine))}`,
    );
  }
  const behind = Object.entries(process.lag).filter(([, lag]) => lag > 0);
  row(
    'lag',
    behind.length === 0 ? colours.green('none') : behind.map(([group, lag]) => `${group} ${colours.yellow(String(lag))}`).join(', '),
  );
  const { canary } = process;
  if (canary === undefined) return;
  if (canary.state === 'broken') row('canary', `${colours.red('broken')}: ${safeText(canary.problem ?? '')}`);
  else if (canary.last === undefined) row('canary', colours.dim('not back yet'));
  else
    row(
      'canary',
      `${colours.green('working')}: bad action → confirmed ${colours.bold(formatDuration(canary.last.confirmedUs))}, mean ${formatDuration(canary.averageUs ?? 0)} of ${canary.trips}`,
    );
}

const paintCount = (count: number, what: string, paint: (text: string) => string): string =>
  count === 0 ? `0 ${what}` : paint(`${count} ${what}`);
