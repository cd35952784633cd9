// npm run eval:nab -- <data> <out>: the level monitor over every series in the format of the Numenta Anomaly Benchmark (any folder with
// data/<group>/<file>.csv), value by value, with the options it has in the product. Writes <out>/<group>/belay_<file>.csv and summary.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LevelMonitor } from '@belay/detector';
import { formatJson } from './format-json.ts';
import { type NabLabels, readNabLabels } from './nab-labels.ts';
import { findNabSeries, type NabFile, readNabSeries } from './nab-series.ts';

interface SeriesResult {
  readonly series: string;
  readonly values: number;
  readonly alarms: number;
  readonly usPerValue: number;
}

function end(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function find(data: string): ReturnType<typeof findNabSeries> {
  try {
    return findNabSeries(data);
  } catch (error) {
    return end(reason(error));
  }
}

function run(file: NabFile, labels: NabLabels, outDir: string): SeriesResult {
  const rows = [...readNabSeries(file.path)];
  const monitor = new LevelMonitor();
  const startedMs = performance.now();
  const readings = rows.map(({ value, atUs }) => monitor.update(value, atUs));
  const tookUs = (performance.now() - startedMs) * 1000;
  // A value that is missing says nothing: score 0.
  const lines = rows.map(({ timestamp, value, atUs }, i) => `${timestamp},${value},${readings[i]?.score ?? 0},${labels(file, atUs)}`);
  mkdirSync(join(outDir, file.group), { recursive: true });
  writeFileSync(join(outDir, file.group, `belay_${file.file}`), ['timestamp,value,anomaly_score,label', ...lines, ''].join('\n'));
  return {
    series: `${file.group}/${file.file}`,
    values: rows.length,
    alarms: readings.filter((reading) => reading?.alarm).length,
    usPerValue: Number((tookUs / Math.max(1, rows.length)).toFixed(2)),
  };
}

const [dataArg, outArg] = process.argv.slice(2);
if (dataArg === undefined || outArg === undefined)
  end('usage: npm run eval:nab -- <data> <out>   (<data>/data/<group>/<file>.csv, also .csv.gz)');
const base = process.env.INIT_CWD ?? process.cwd();
const [data, outDir] = [resolve(base, dataArg), resolve(base, outArg)];
const { files, root } = find(data);
const labels = readNabLabels(root);
const results: SeriesResult[] = [];
const failures: string[] = [];

process.stderr.write(`${'series'.padEnd(64)} ${'values'.padStart(7)} ${'alarms'.padStart(7)} us/value\n`);
for (const file of files) {
  try {
    const result = run(file, labels, outDir);
    results.push(result);
    const { series, values, alarms, usPerValue } = result;
    process.stderr.write(
      `${series.padEnd(64)} ${String(values).padStart(7)} ${String(alarms).padStart(7)} ${usPerValue.toFixed(2).padStart(8)}\n`,
    );
  } catch (error) {
    failures.push(reason(error));
    process.stderr.write(`${`${file.group}/${file.file}`.padEnd(64)} not read: ${reason(error)}\n`);
  }
}

const values = results.reduce((sum, result) => sum + result.values, 0);
const alarms = results.reduce((sum, result) => sum + result.alarms, 0);
mkdirSync(outDir, { recursive: true });
writeFileSync(join(outDir, 'summary.json'), `${formatJson({ v: 1, series: results.length, values, alarms, failures, results })}\n`);
process.stderr.write(`${results.length} of ${files.length} series, ${values} values, ${alarms} alarms; scores in ${outDir}\n`);
process.stderr.write(`Score them: python3 nab-score.py --data ${data} --results ${outDir} --detector belay\n`);
if (failures.length > 0) process.exit(1);
