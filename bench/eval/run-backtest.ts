/**
 * An OTLP/JSON lines file through the collector's mapping and the detectors, offline:
 *   node --conditions=belay-source bench/eval/run-backtest.ts IN.jsonl OUT.jsonl [CONFIG.json]
 * Streams both files. Times are the agents' own: a decision counts as received when it ended.
 */
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createSpanMapper } from '@belay/collector';
import { createBacktest, parseDetectorConfig } from '@belay/detector';
import type { DecisionEvent } from '@belay/protocol';

const [input, output, configFile] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error('usage: run-backtest IN.jsonl OUT.jsonl [CONFIG.json]');
  process.exit(2);
}

const parsed = parseDetectorConfig(configFile === undefined ? {} : JSON.parse(readFileSync(configFile, 'utf8')));
if ('problems' in parsed) {
  console.error(parsed.problems.join('\n'));
  process.exit(2);
}

const mapper = createSpanMapper({ hashKey: Buffer.from('backtest-hash-key-of-no-secrecy!') });
const backtest = createBacktest(parsed.config);
const out = createWriteStream(output);
const reports = { skipped: 0, rejected: 0 };

const received = (event: DecisionEvent): DecisionEvent => ({ ...event, receivedUs: event.startUs + event.durationUs });

for await (const line of createInterface({ input: createReadStream(input) })) {
  if (line.trim() === '') continue;
  const { events, skipped, rejected } = mapper.mapOtlpJson(JSON.parse(line), { tenant: 'eval', receivedUs: 0 });
  reports.skipped += skipped;
  reports.rejected += rejected.length;
  for (const event of events) for (const anomaly of backtest.push(received(event))) out.write(`${JSON.stringify(anomaly)}\n`);
}
for (const anomaly of backtest.finish()) out.write(`${JSON.stringify(anomaly)}\n`);
out.end();
console.error(JSON.stringify({ ...reports, ...backtest.summary() }, null, 2));
