// npm run bench [-- NAME …]: what is measured, and how. Each bench is a program of its own; results go to bench/results/NAME.json.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

interface Bench {
  readonly name: string;
  readonly file: string;
  readonly measures: string;
  readonly arguments?: readonly string[];
}

const BENCHES: readonly Bench[] = [
  { name: 'guard', file: 'guard.ts', measures: 'an allowed call through every step of the guard, beside a bare OpenTelemetry span' },
  { name: 'bus', file: 'bus.ts', measures: 'produce, consume and one-message delay of the log, embedded and on Kafka' },
  { name: 'store', file: 'store.ts', measures: 'rows per second into ClickHouse, and until they are seen' },
  {
    name: 'detector',
    file: 'detector.ts',
    measures: 'decisions per second through decoding, pipeline and detectors, and memory per agent',
  },
  { name: 'detector-state', file: 'detector-state.ts', measures: 'snapshot and restore of 100,000 agents' },
  { name: 'detector-scale', file: 'detector-scale.ts', measures: 'one detector process and two over the same partitions of a real Kafka' },
  { name: 'collector', file: 'collector.ts', measures: 'OTLP to the acknowledgement of the log on one core, protobuf and JSON' },
  { name: 'stops', file: 'stops.ts', measures: 'the delay of each leg from the bad action to the stopped agent' },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}. Known:\n${BENCHES.map(({ name, measures }) => `  ${name.padEnd(15)} ${measures}`).join('\n')}\n`,
  );
  process.exit(2);
}

let status = 0;
for (const { name, file, measures, arguments: extra = [] } of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}: ${measures}\n`);
  const run = spawnSync(process.execPath, [...process.execArgv, join(import.meta.dirname, file), ...extra], { stdio: 'inherit' });
  status ||= run.status ?? 1;
}
process.exit(status);
