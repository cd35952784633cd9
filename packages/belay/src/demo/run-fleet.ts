import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { watchEvents } from '../client/event-stream.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';
import { createStopStories, type StopStory } from '../client/stop-story.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { dataDirAt, readIfPresent } from '../up/data-dir.ts';
import { type FleetProcess, startFleetProcess } from './fleet-process.ts';
import { type FleetResult, judgeFleet } from './fleet-result.ts';
import { printFleetTable } from './fleet-table.ts';
import { fleetFolder, SAMPLE_AGENTS, SAMPLE_ENVIRONMENT } from './sample-fleet.ts';
import { drawStop } from './stop-picture.ts';

export interface FleetOptions {
  readonly control: string;
  readonly collector: string;
  readonly data: string;
  readonly tenant: string;
  /** The stopped agents stay, paused, until the signal: they can be resumed and watched. */
  readonly keepRunning: boolean;
  readonly context: CliContext;
}

const DEADLINE_MS = 60_000;
const LINES_SHOWN = 4;

/** Starts the sample service and agents as real processes, shows each stop as it is confirmed, and ends with a table. */
export async function runFleet(options: FleetOptions): Promise<FleetResult> {
  const { context } = options;
  const dir = dataDirAt(options.data);
  const token = (context.env.BELAY_TOKEN ?? (await readIfPresent(dir.token('agent'))))?.trim();
  if (token === undefined) {
    throw new CliError(EXIT.refused, 'The sample agents need an agent token.', {
      hint: 'Run this where the platform keeps its data (--data DIR), or set BELAY_TOKEN.',
    });
  }
  const operatorToken = context.env.BELAY_OPERATOR_TOKEN?.trim() ?? (await readIfPresent(dir.token('operator')))?.trim();
  const client = createOperatorClient({
    control: options.control,
    collector: options.collector,
    token: operatorToken,
    platform: undefined,
  });
  const done = new AbortController();
  const watch = watchStops(client, AbortSignal.any([done.signal, context.signal]));
  await watch.isOpen;
  const folder = fleetFolder();
  const env = {
    PATH: process.env.PATH,
    BELAY_ENDPOINT: options.collector,
    BELAY_CONTROL_ENDPOINT: options.control,
    BELAY_TOKEN: token,
    BELAY_ENVIRONMENT: SAMPLE_ENVIRONMENT,
  };
  const service = startFleetProcess('service', join(folder, 'service.ts'), env);
  const agents: FleetProcess[] = [];
  try {
    const address = (await service.lineMatching(/^listening /)).slice('listening '.length);
    context.terminal.line(
      context.terminal.colours.dim(
        `The sample fleet starts: ${SAMPLE_AGENTS.map(({ id }) => id).join(', ')}; its service is at ${address}`,
      ),
    );
    for (const { id } of SAMPLE_AGENTS)
      agents.push(startFleetProcess(id, join(folder, `${id}.ts`), { ...env, FLEET_SERVICE_URL: address }));
    await follow(agents, watch, context);
    const result = await judgeFleet(agents, watch.confirmed, client);
    printFleetTable(result, context.terminal, context.clock.nowUs());
    if (options.keepRunning) await stay(agents, context);
    return result;
  } finally {
    done.abort();
    await Promise.all([...agents, service].map((process) => process.stop()));
    await watch.ended;
  }
}

interface Watch {
  readonly isOpen: Promise<void>;
  readonly ended: Promise<void>;
  /** Confirmed stops by agent, the first of each. */
  readonly confirmed: Map<string, StopStory>;
  onConfirmed: ((story: StopStory) => void) | undefined;
}

function watchStops(client: OperatorClient, signal: AbortSignal): Watch {
  const stories = createStopStories();
  const ids = new Set(SAMPLE_AGENTS.map(({ id }) => id));
  const opened = Promise.withResolvers<void>();
  const watch: Watch = { isOpen: opened.promise, ended: Promise.resolve(), confirmed: new Map(), onConfirmed: undefined };
  const run = async (): Promise<void> => {
    for await (const event of watchEvents(client, { signal, onOpen: opened.resolve })) {
      const story = stories.take(event);
      if (story?.acks.confirmed === undefined || !ids.has(story.agentId) || watch.confirmed.has(story.agentId)) continue;
      if (story.hold.cause.kind === 'anomaly' && story.anomaly === undefined) continue;
      watch.confirmed.set(story.agentId, story);
      watch.onConfirmed?.(story);
    }
  };
  return Object.assign(watch, { ended: run().catch(opened.reject) });
}

/** Until the bad agents' stops are confirmed and the good ones have finished, or the time is over. */
async function follow(agents: readonly FleetProcess[], watch: Watch, { terminal, signal }: CliContext): Promise<void> {
  const show = (story: StopStory): void => {
    const lines = agents.find(({ name }) => name === story.agentId)?.lastLines.slice(-LINES_SHOWN) ?? [];
    terminal.line();
    for (const line of drawStop(story, lines, terminal)) terminal.line(line);
  };
  for (const story of watch.confirmed.values()) show(story);
  watch.onConfirmed = show;
  const isDone = ({ name, exitCode }: FleetProcess): boolean => exitCode !== undefined || watch.confirmed.has(name);
  const until = performance.now() + DEADLINE_MS;
  while (!agents.every(isDone) && performance.now() < until && !signal.aborted)
    await sleep(50, undefined, { signal }).catch(() => undefined);
}

async function stay(agents: readonly FleetProcess[], { terminal, signal }: CliContext): Promise<void> {
  const paused = agents.filter(({ exitCode }) => exitCode === undefined).map(({ name }) => name);
  if (paused.length === 0) return;
  terminal.line(
    terminal.colours.dim(
      `  ${paused.join(' and ')} stay paused. Let one go on and watch it be stopped again: npx belay resume ${paused[0]}; everything, live: npx belay tail`,
    ),
  );
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    void Promise.all(agents.map(({ exited }) => exited)).then(() => resolve());
  });
}
