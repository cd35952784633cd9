/*
 * Rows per second into ClickHouse and the time until they are seen, in process (chdb) and over HTTP in front of the same engine:
 *   node --conditions=belay-source bench/store.ts [chdb|http]
 * Client and engine share the machine. Views are read over a history of HISTORY_ROWS with repeats.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { DecisionEvent } from '@belay/protocol';
import { createChdbStore, createClickHouseStore, type Store } from '@belay/store';
import { decision, startClickHouse } from '@belay/testkit';

const HISTORY_ROWS = 200_000;
const BATCH_ROWS = [100, 1_000, 5_000, 20_000] as const;
const ROWS_PER_BATCH_SIZE = 20_000;
const VISIBLE_SAMPLES = 50;
const AGENTS = 200;

let made = 0;
const NOW_US = Date.now() * 1000;

function makeDecisions(count: number): DecisionEvent[] {
  return Array.from({ length: count }, () => {
    made += 1;
    return decision({
      n: made,
      agentId: `agent-${made % AGENTS}`,
      receivedUs: NOW_US - 86_400_000_000 + made * 1000,
      costNanoUsd: made,
      intent: 'Look up the invoice to answer the customer who asked about it.',
      call: {
        destinations: ['https://api.example.com/invoices/{id}'],
        argumentsPreview: `{"id":"inv-${made}","expand":["lines","customer"]}`,
      },
      outcome: { resultPreview: 'x'.repeat(300), resultBytes: 4000 },
      usage: { inputTokens: made % 5000, outputTokens: made % 700 },
    });
  });
}

const rounded = (value: number): number => Number(value.toPrecision(3));
const quantile = (values: readonly number[], share: number): number =>
  rounded(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function insertRates(store: Store): Promise<Record<string, number>> {
  const rates: Record<string, number> = {};
  for (const rows of BATCH_ROWS) {
    const batches = Array.from({ length: Math.ceil(ROWS_PER_BATCH_SIZE / rows) }, () => makeDecisions(rows)).slice(0, 40);
    const ms = await timed(async () => {
      for (const batch of batches) await store.writer.insertDecisions(batch);
    });
    rates[`batches of ${rows}`] = Math.round((batches.length * rows * 1000) / ms);
  }
  return rates;
}

/** From the call of an insert of one row until a query shows it: the insert itself, and the first read after it. */
async function visibility(store: Store): Promise<{ insertP50Ms: number; insertP99Ms: number; seenP50Ms: number; seenP99Ms: number }> {
  const insert: number[] = [];
  const seen: number[] = [];
  for (let sample = 0; sample < VISIBLE_SAMPLES; sample += 1) {
    const [one] = makeDecisions(1);
    if (one === undefined) continue;
    const started = performance.now();
    await store.writer.insertDecisions([one]);
    insert.push(performance.now() - started);
    const found = await store.queries.decision({ tenant: one.tenant, agentId: one.agent.id, id: one.id });
    if (found?.id !== one.id) throw new Error(`${one.id} was inserted and is not seen.`);
    seen.push(performance.now() - started);
  }
  return {
    insertP50Ms: quantile(insert, 0.5),
    insertP99Ms: quantile(insert, 0.99),
    seenP50Ms: quantile(seen, 0.5),
    seenP99Ms: quantile(seen, 0.99),
  };
}

async function readMs(store: Store): Promise<Record<string, number>> {
  while (made < HISTORY_ROWS) await store.writer.insertDecisions(makeDecisions(20_000));
  const window = { tenant: 'acme', sinceUs: NOW_US - 90_000_000_000, untilUs: NOW_US + 1_000_000, limit: 20 };
  const run = async (work: () => Promise<unknown>): Promise<number> => {
    await work();
    return rounded(await timed(work));
  };
  return {
    rows: made,
    'count of every identity (decisions_v1)': await run(() => store.queries.historyCounts({ tenant: 'acme' })),
    'spend per agent in a window (decisions_between_v1)': await run(() => store.queries.spendPerAgent(window)),
    'recent decisions of one agent': await run(() => store.queries.recentDecisions({ tenant: 'acme', agentId: 'agent-7', limit: 20 })),
    'path of a session': await run(() => store.queries.sessionPath({ tenant: 'acme', sessionId: 'no-such-session', limit: 20 })),
  };
}

async function measure(store: Store): Promise<object> {
  made = 0;
  await store.migrate();
  await store.writer.insertDecisions(makeDecisions(1000));
  const insertsPerSecond = await insertRates(store);
  const visible = await visibility(store);
  return { 'rows/s': insertsPerSecond, visible, 'reads ms': await readMs(store), rssMb: Math.round(process.memoryUsage.rss() / 1e6) };
}

const ENGINES = {
  chdb: async (): Promise<object> => {
    const folder = await mkdtemp(join(tmpdir(), 'belay-bench-store-'));
    const store = await createChdbStore({ path: folder });
    try {
      return await measure(store);
    } finally {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
  http: async (): Promise<object> => {
    const engine = await startClickHouse();
    const store = await createClickHouseStore({ url: engine.url, database: 'bench' });
    try {
      return await measure(store);
    } finally {
      await store.close();
      await engine.stop();
    }
  },
} as const;

const wanted = process.argv.slice(2);
const results: Record<string, unknown> = {
  date: new Date().toISOString(),
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGb: Math.round(totalmem() / 1e9), node: process.version },
};
for (const [name, run] of Object.entries(ENGINES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  results[name] = await run();
  process.stdout.write(`${name}: ${JSON.stringify(results[name], null, 2)}\n`);
}
const folder = new URL('./results/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('store.json', folder), `${JSON.stringify(results, null, 2)}\n`);
