// node --conditions=belay-source bench/eval/curve-backtest.ts IN PREFIX CONFIG|- FLEET VALUE…: the anomalies of novel_endpoint at several
// thresholds, in one pass over the file: PREFIX.VALUE.jsonl each. FLEET: true | false, whether other agents of its name count.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createBacktest, parseDetectorConfig } from '@belay/detector';
import { createReport, openOtlpFile } from 'belay';
import { parse } from 'yaml';

const [input = '', prefix = '', configFile = '-', fleet = 'true', ...values] = process.argv.slice(2);
const given = configFile === '-' ? {} : (parse(readFileSync(configFile, 'utf8')) as { detectors?: Record<string, object> });

/** What is alarmed on is never learned, however low the threshold. */
function configAt(alarmAt: number): Parameters<typeof createBacktest>[0] {
  const novel = { quarantineAt: 3.5, ...given.detectors?.novel_endpoint };
  const settings = { ...novel, alarmAt, quarantineAt: Math.min(novel.quarantineAt, alarmAt), fleetPrior: fleet === 'true' };
  const parsed = parseDetectorConfig({ ...given, detectors: { ...given.detectors, novel_endpoint: settings } });
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

const trials = values.map((value) => ({
  backtest: createBacktest(configAt(Number(value))),
  out: openSync(`${prefix}.${value}.jsonl`, 'w'),
}));
const onBadLine = (line: number, why: string): void => {
  throw new Error(`${input}:${line}: ${why}`);
};
const source = await openOtlpFile({ file: input, tenant: 'default', report: createReport(), onBadLine });
for await (const { record } of source.items()) {
  for (const { backtest, out } of trials) {
    for (const anomaly of backtest.push(record)) if (anomaly.detector === 'novel_endpoint') writeSync(out, `${JSON.stringify(anomaly)}\n`);
  }
}
for (const { out } of trials) closeSync(out);
