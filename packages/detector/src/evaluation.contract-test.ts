import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const evaluation = process.env.BELAY_EVAL_DIR ?? join(root, '../shared/eval');
const isPresent = existsSync(join(evaluation, 'tools/to-otlp.mjs'));

/** Metrics of the evaluation folder's own scorer for what we say about one of its corpora. */
async function scored(folder: string, corpus: string): Promise<Record<string, unknown>> {
  const file = (name: string) => join(folder, `${corpus}.${name}`);
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const tool = (name: string) => join(evaluation, 'tools', name);
  node(tool('to-otlp.mjs'), '--corpus', corpus, '--data', evaluation, '--out', file('otlp'), '--labels', file('labels'));
  node('--conditions=belay-source', join(root, 'bench/eval/run-backtest.ts'), file('otlp'), file('anomalies'));
  await writeFile(
    file('score'),
    node(tool('score.mjs'), '--corpus', corpus, '--labels', file('labels'), '--anomalies', file('anomalies'), '--detector', 'loop'),
  );
  return JSON.parse(await readFile(file('score'), 'utf8')) as Record<string, unknown>;
}

describe.skipIf(!isPresent)('on recorded runs of third-party agents (skipped where the evaluation folder is absent)', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-evaluation-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('loop passes at least 33 of the 35 conformance scenarios, and only the documented one fails', async () => {
    const { metrics } = (await scored(folder, 'loops')) as { metrics: { scenarios: { scenario: string; passed: boolean }[] } };
    expect(metrics.scenarios.length).toBe(35);
    expect(metrics.scenarios.flatMap(({ scenario, passed }) => (passed ? [] : [scenario]))).toEqual(['sdk-08']);
  });

  test('loop alarms on no customer-service run', async () => {
    const { metrics } = (await scored(folder, 'tau')) as { metrics: { alarms_per_100_runs: { events: number; units: number } } };
    expect(metrics.alarms_per_100_runs).toMatchObject({ events: 0, units: 100 });
  });
});
