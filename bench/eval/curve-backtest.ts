// node --conditions=belay-source bench/eval/curve-backtest.ts IN PREFIX CONFIG|- FLEET VALUE…: the anomalies of novel_endpoint at several
// thresholds and at that of the configuration, in one pass over the file: PREFIX.VALUE.jsonl each. FLEET: true | false, whether other agents
// of its name count; it decides which of the two thresholds is swept. Prints { shipped, values }.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createBacktest, type DetectorConfig, parseDetectorConfig } from '@belay/detector';
import { createReport, openOtlpFile } from 'belay';
import { parse } from 'yaml';

interface Thresholds {
  readonly alarmAt: number;
  readonly alarmAtAlone: number;
  readonly quarantineAt: number;
}

const [input = '', prefix = '', configFile = '-', fleet = 'true', ...given] = process.argv.slice(2);
const base = parsed(configFile === '-' ? {} : parse(readFileSync(configFile, 'utf8')));
const novel = base.detectors.novel_endpoint as Thresholds;
const key = fleet === 'true' ? 'alarmAt' : 'alarmAtAlone';

function parsed(config: unknown): DetectorConfig {
  const result = parseDetectorConfig(config);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.config;
}

/** What is alarmed on is never learned, however low the threshold. */
function configAt(alarmAt: number): DetectorConfig {
  const quarantineAt = Math.min(novel.quarantineAt, alarmAt);
  const settings = { ...novel, [key]: alarmAt, quarantineAt, fleetPrior: fleet === 'true' };
  return parsed({ ...base, detectors: { ...base.detectors, novel_endpoint: settings } });
}

const values = [...new Set([...given.map(Number), novel[key]])].sort((a, b) => a - b);
const trials = values.map((value) => ({ backtest: createBacktest(configAt(value)), out: openSync(`${prefix}.${value}.jsonl`, 'w') }));
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
process.stdout.write(JSON.stringify({ shipped: novel[key], values }));
