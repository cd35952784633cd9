// node --conditions=belay-source bench/stops.ts [--stops 200] [--agents 2] [--export-delay 50] [--only embedded|real]
// N stops end to end: real child agents go into a loop, and each leg from the bad action to the confirmed pause is measured, on the
// embedded engines, then on a real Kafka broker and PostgreSQL server.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock, systemRandom } from '@belay/protocol';
import { createChdbStore } from '@belay/store';
import { openTestPostgres, withKafka } from '@belay/testkit';
import {
  createOperatorClient,
  createProcessLogger,
  createSteps,
  createStopStories,
  createTerminal,
  dataDirAt,
  parseUpOptions,
  prepareDataDir,
  type StopStory,
  startPlatform,
  type UpOptions,
  watchEvents,
} from 'belay';
import { type LegSummary, momentsOf, type StopMoments, summarise } from './stops/legs.ts';

const { values: flags } = parseArgs({
  options: {
    stops: { type: 'string', default: '200' },
    agents: { type: 'string', default: '2' },
    'export-delay': { type: 'string', default: '50' },
    only: { type: 'string' },
  },
});
const STOPS = Number(flags.stops);
const AGENTS = Number(flags.agents);
const TENANT = 'bench';

interface Variant {
  readonly name: string;
  open(): Promise<{ options: Partial<UpOptions>; close(): Promise<void> }>;
}

const VARIANTS: readonly Variant[] = [
  { name: 'embedded', open: async () => ({ options: {}, close: async () => undefined }) },
  {
    name: 'real',
    open: async () => {
      const [kafka, postgres] = await Promise.all([withKafka(), openTestPostgres()]);
      return {
        options: { kafka: kafka.bootstrap, postgres: postgres.url },
        close: async () => void (await Promise.all([kafka.stop(), postgres.stop()])),
      };
    },
  },
];

const BASE: UpOptions = {
  data: '',
  tenant: TENANT,
  host: '127.0.0.1',
  collectorPort: '0',
  controlPort: '0',
  metricsPort: '0',
  roles: 'control,collector,detector,archive',
  canary: false,
};

async function measure(variant: Variant): Promise<{ engines: object; stops: readonly StopMoments[]; unmatched: number }> {
  const data = await mkdtemp(join(tmpdir(), 'belay-bench-'));
  const servers = await variant.open();
  try {
    const { engines, stories } = await runStops({ ...BASE, ...servers.options, data });
    const received = await receivedTimes(data);
    const stops = stories
      .map((story) => momentsOf(story, received.get(story.anomaly?.triggerDecisionId ?? '')))
      .filter((stop) => stop !== undefined);
    return { engines, stops, unmatched: stories.length - stops.length };
  } finally {
    await servers.close();
    await rm(data, { recursive: true, force: true });
  }
}

async function runStops(options: UpOptions): Promise<{ engines: object; stories: StopStory[] }> {
  const dir = dataDirAt(options.data);
  await prepareDataDir(dir);
  const terminal = createTerminal({ out: process.stdout, err: process.stderr }, process.env);
  const platform = await startPlatform(parseUpOptions(options), {
    dir,
    clock: systemClock,
    random: systemRandom,
    logger: createProcessLogger(dir.log, 'warn').logger,
    steps: createSteps(terminal, { quiet: true }),
  });
  try {
    const collector = platform.collectorUrl ?? '';
    const control = platform.controlUrl ?? '';
    const token = (await readFile(dir.token('operator'), 'utf8')).trim();
    const client = createOperatorClient({ collector, control, token, platform: undefined });
    const done = new AbortController();
    const confirmed = new Map<string, StopStory>();
    const opened = Promise.withResolvers<void>();
    const watching = (async () => {
      const stories = createStopStories();
      for await (const event of watchEvents(client, { signal: done.signal, onOpen: opened.resolve })) {
        const story = stories.take(event);
        if (story?.acks.confirmed === undefined || story.anomaly === undefined) continue;
        const isNew = !confirmed.has(story.commandId);
        confirmed.set(story.commandId, story);
        if (isNew) void client.delete(`/v1/agents/${story.agentId}/holds/${story.hold.id}`, { reason: 'measured' });
      }
    })();
    await opened.promise;
    await runAgents({
      BELAY_ENDPOINT: collector,
      BELAY_CONTROL_ENDPOINT: control,
      BELAY_TOKEN: (await readFile(dir.token('agent'), 'utf8')).trim(),
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    done.abort();
    await watching;
    return { engines: platform.engines, stories: [...confirmed.values()] };
  } finally {
    await platform.stop();
  }
}

async function runAgents(env: NodeJS.ProcessEnv): Promise<void> {
  const file = join(import.meta.dirname, 'stops', 'looping-agent.ts');
  const agents = Array.from({ length: AGENTS }, async (_, index) => {
    const args = [...process.execArgv, file, `bench-${index}`, String(Math.ceil(STOPS / AGENTS)), flags['export-delay']];
    const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`The agent bench-${index} ended with ${code}.`);
  });
  await Promise.all(agents);
}

/** When the collector had each decision, from the record. */
async function receivedTimes(data: string): Promise<ReadonlyMap<string, number>> {
  const store = await createChdbStore({ path: dataDirAt(data).history });
  const received = new Map<string, number>();
  for (let index = 0; index < AGENTS; index += 1) {
    const decisions = await store.queries.recentDecisions({ tenant: TENANT, agentId: `bench-${index}`, limit: 1_000_000 });
    for (const { id, receivedUs } of decisions) received.set(id, Number(receivedUs));
  }
  await store.close();
  return received;
}

function print(name: string, legs: Record<string, LegSummary>, count: number): void {
  process.stdout.write(
    `\n${name}: ${count} stops\n${''.padEnd(50)} ${'p50 ms'.padStart(9)} ${'p99 ms'.padStart(9)} ${'max ms'.padStart(9)}\n`,
  );
  for (const [leg, { p50Ms, p99Ms, maxMs }] of Object.entries(legs)) {
    process.stdout.write(`${leg.padEnd(50)} ${String(p50Ms).padStart(9)} ${String(p99Ms).padStart(9)} ${String(maxMs).padStart(9)}\n`);
  }
}

const results: Record<string, unknown> = {
  date: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryGb: Math.round(totalmem() / 1e9), node: process.version },
  exportDelayMs: Number(flags['export-delay']),
  agents: AGENTS,
};
for (const variant of VARIANTS) {
  if (flags.only !== undefined && flags.only !== variant.name) continue;
  const { engines, stops, unmatched } = await measure(variant);
  const legs = summarise(stops);
  results[variant.name] = { engines, stops: stops.length, unmatched, legs };
  print(variant.name, legs, stops.length);
  if (stops.length < STOPS) process.exitCode = 1;
}
const folder = join(import.meta.dirname, 'results');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'stops.json'), `${JSON.stringify(results, null, 2)}\n`);
