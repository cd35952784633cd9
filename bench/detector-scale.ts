// One detector process and two, over the same two partitions of a real Kafka: decisions judged per second while all are busy.
//   node --conditions=belay-source bench/detector-scale.ts [--decisions 1600000] [--agents 8000] [--rounds 3] [--quota 40] [--out FILE]
// Twice: with as much of the machine as each process gets, and, where root may make control groups, with the same share of a core for each process. There,
// broker and detectors also go before whatever else runs on the machine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createKafkaBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { startKafka } from '@belay/testkit';
import { createCpuGroup } from './detector/cpu-group.ts';
import { fleetMessages } from './detector/fleet-messages.ts';
import { measureRound, type ScaleResult } from './detector/scale-round.ts';

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    decisions: { type: 'string', default: '1600000' },
    agents: { type: 'string', default: '8000' },
    rounds: { type: 'string', default: '3' },
    quota: { type: 'string', default: '40' },
    out: { type: 'string', default: join(root, 'bench/results/detector-scale.json') },
  },
});
const DECISIONS = Number(options.decisions);
const CHUNK = 20_000;

interface Round extends ScaleResult {
  readonly processes: number;
  readonly percentOfCore: number | undefined;
}

/** The broker is in it, as a child of this process; each detector has one of its own. */
const group = createCpuGroup(`belay-bench-${process.pid}`);
group?.join(process.pid);
const settings: readonly (number | undefined)[] = group === undefined ? [undefined] : [undefined, Number(options.quota)];
const kafka = await startKafka();
try {
  await publishFleet();
  const rounds: Round[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const percentOfCore of settings) {
      for (const processes of [1, 2]) {
        const name = `bench-${round}-${percentOfCore ?? 'free'}-${processes}`;
        const measured = await measureRound({ bootstrap: kafka.bootstrap, group: name, processes, decisions: DECISIONS, percentOfCore });
        rounds.push({ processes, percentOfCore, ...measured });
        process.stdout.write(
          `  ${processes} of ${percentOfCore ?? 'up to 100'} % of a core: ${measured.perSecond} decisions/s, ${measured.perCpuSecond} per CPU-second\n`,
        );
      }
    }
  }
  report(rounds);
} finally {
  await kafka.close();
  group?.leave(process.pid);
  group?.remove();
}

async function publishFleet(): Promise<void> {
  const bus = await createKafkaBus({ brokers: [kafka.bootstrap], clientId: 'bench', partitions: 2, clock: systemClock });
  await bus.ensureTopics();
  for (let from = 0; from < DECISIONS; from += CHUNK) {
    const messages = fleetMessages(Number(options.agents), from, CHUNK);
    // The broker deletes what is older than the topic keeps, and the fleet's own times are long ago.
    const timestampUs = systemClock.nowUs();
    await bus.publisher.publish(messages.map(({ topic, key, value, headers }) => ({ topic, key, value, headers, timestampUs })));
  }
  await bus.close();
}

function summary(rounds: readonly Round[]): object {
  const median = (processes: number, what: keyof ScaleResult): number => {
    const sorted = rounds
      .filter((one) => one.processes === processes)
      .map((one) => one[what])
      .toSorted((a, b) => a - b);
    const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
    return Math.round((low + high) / 2);
  };
  return {
    perSecond: { one: median(1, 'perSecond'), two: median(2, 'perSecond') },
    perCpuSecond: { one: median(1, 'perCpuSecond'), two: median(2, 'perCpuSecond') },
    scale: Number((median(2, 'perSecond') / median(1, 'perSecond')).toFixed(2)),
  };
}

function report(rounds: readonly Round[]): void {
  const limited = rounds.filter(({ percentOfCore }) => percentOfCore !== undefined);
  const result = {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    what: 'decisions judged per second by whole detector processes on two partitions of a real Kafka, checkpoints included; broker on the same cores; medians',
    decisions: DECISIONS,
    agents: Number(options.agents),
    free: summary(rounds.filter(({ percentOfCore }) => percentOfCore === undefined)),
    limited:
      limited.length === 0
        ? 'not measured: no control group could be made'
        : { how: `each process ${options.quota} % of a core (cgroup v1, cpu.cfs_quota_us)`, ...summary(limited) },
    otherWork: group === undefined ? 'competes' : 'broker and detectors go before it (cgroup v1, cpu.shares)',
    rounds,
  };
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify({ free: result.free, limited: result.limited })} → ${options.out}\n`);
}
