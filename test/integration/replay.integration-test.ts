import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeOtlpFile } from './otlp-file.test-support.ts';
import { eventually, type RealPlatform, runBelay, startRealPlatform } from './real-platform.test-support.ts';

const evalDir = process.env.BELAY_EVAL_DIR ?? resolve(import.meta.dirname, '../../../shared/eval');
const hasCorpora = existsSync(join(evalDir, 'tools/to-otlp.mjs'));

let platform: RealPlatform;

beforeAll(async () => {
  platform = await startRealPlatform();
});
afterAll(() => platform?.stop());

/** The agents of a file, as a list for SQL. */
async function agentsOf(file: string): Promise<string> {
  const found = (await readFile(file, 'utf8')).matchAll(/"gen_ai\.agent\.id","value":\{"stringValue":"([\w./-]+)"/g);
  return [...new Set([...found].map(([, agent]) => `'${agent}'`))].join(', ');
}

interface Finding {
  readonly id: string;
  readonly rule: string;
  readonly severity: string;
  readonly triggerDecisionId?: string;
}

/** What identifies a finding, whenever and however often it was made. */
const identity = ({ id, rule, severity, triggerDecisionId }: Finding): string => [id, rule, severity, triggerDecisionId].join(' ');

async function replayed(file: string, agents: string): Promise<{ rows: number; distinct: number }> {
  const { code, stderr } = await platform.belay('replay', file, '--json', '--strict');
  expect(code, stderr).toBe(0);
  return counted(agents);
}

async function counted(agents: string): Promise<{ rows: number; distinct: number }> {
  const [row] = await platform.rows<{ rows: string; distinct: string }>(
    `SELECT count() AS rows, uniqExact(trace_id, span_id) AS distinct FROM decisions_v1 WHERE agent_id IN (${agents})`,
  );
  return { rows: Number(row?.rows), distinct: Number(row?.distinct) };
}

const settled = (agents: string, spans: number) =>
  eventually(
    () => counted(agents),
    ({ rows }) => rows >= spans,
  );

async function findings(agents: string): Promise<string[]> {
  const rows = await platform.rows<Finding>(
    `SELECT id, rule, severity, trigger_decision_id AS triggerDecisionId FROM anomalies_v1 WHERE detector != 'control' AND agent_id IN (${agents})`,
  );
  return rows.map((row) => identity(row)).sort();
}

async function backtested(file: string): Promise<string[]> {
  const out = `${file}.anomalies`;
  const { code, stderr } = await runBelay('backtest', file, '--out', out, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const lines = (await readFile(out, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => identity(JSON.parse(line))).sort();
}

async function provesItself(file: string, agents: string, spans: number): Promise<void> {
  await replayed(file, agents);
  expect(await settled(agents, spans)).toEqual({ rows: spans, distinct: spans });
  const expected = await backtested(file);
  const found = await eventually(
    () => findings(agents),
    (list) => list.length >= expected.length,
  );
  expect(found).toEqual(expected);

  await replayed(file, agents);
  expect(await eventually(lagOfPlatform, (lag) => lag === 0)).toBe(0);
  expect(await counted(agents)).toEqual({ rows: spans, distinct: spans });
  expect(await findings(agents)).toEqual(expected);
}

/** Messages of the log that have still to be judged, stored or obeyed; NaN when the platform does not tell. */
async function lagOfPlatform(): Promise<number> {
  const { stdout } = await platform.belay('status', '--json');
  const { process } = JSON.parse(stdout) as { process?: { lag: Record<string, number> } };
  return ['belay-detector', 'belay-archive-decisions', 'belay-control'].reduce(
    (sum, group) => sum + (process?.lag[group] ?? Number.NaN),
    0,
  );
}

describe('a recorded file, replayed into the platform on real Kafka, PostgreSQL and the ClickHouse engine', () => {
  it('is in the history exactly once and found to be what the backtest finds, also when it is sent twice', async () => {
    const file = join(platform.folder, 'recorded.jsonl');
    const { spans } = await writeOtlpFile(file, 500);
    await provesItself(file, await agentsOf(file), spans);
    expect((await findings("'recorded/asker'")).length).toBeGreaterThan(0);
    expect(await findings("'recorded/worker'")).toEqual([]);
  });

  it.runIf(hasCorpora).each([
    { corpus: 'swe', limit: '231' },
    { corpus: 'agentdojo', limit: '2' },
  ])('holds for real agents: the corpus $corpus (skipped without the evaluation folder)', async ({ corpus, limit }) => {
    const file = join(platform.folder, `${corpus}.jsonl`);
    const convert = spawnSync(process.execPath, [
      join(evalDir, 'tools/to-otlp.mjs'),
      '--corpus',
      corpus,
      '--data',
      evalDir,
      '--out',
      file,
      '--limit',
      limit,
    ]);
    expect(convert.status).toBe(0);
    const { spans } = JSON.parse(convert.stdout.toString());
    await provesItself(file, await agentsOf(file), spans);
  });
});
