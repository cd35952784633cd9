import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentKey, systemClock } from '@belay/protocol';
import { anomaly, startPostgres } from '@belay/testkit';
import { createPgliteDatabase, createPostgresDatabase, type Database } from '../index.ts';
import { type Harness, register, startHarness, TOPIC } from './control.test-support.ts';
import type { EventReader } from './event-reader.test-support.ts';

// How long a stop takes inside control: `node --conditions=belay-source packages/control/src/testing/latency.test-support.ts`.
// (a) operator: from sending POST …/holds to the signed state at the connected client; (b) anomaly: from its publishing on the log (embedded).
const ROUNDS = 300;
const WARM_UP = 30;

const quantile = (values: readonly number[], q: number): string =>
  (values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0).toFixed(1);

async function byOperator(h: Harness, stream: EventReader, token: string): Promise<number> {
  const startMs = performance.now();
  const placed = h.call('POST', '/v1/agents/a/holds', { token, body: { action: 'pause', reason: 'r' } });
  const arrived = await stream.next('state');
  await h.call('DELETE', `/v1/agents/a/holds/${(await placed).body.hold.id}`, { token });
  await stream.next('state');
  return arrived.atMs - startMs;
}

async function byAnomaly(h: Harness, stream: EventReader, token: string, round: number): Promise<number> {
  const found = anomaly({
    id: `n${round}`,
    tenant: h.tenant,
    agentId: 'a',
    mode: 'enforce',
    response: 'pause',
    sessionId: `s${round}`,
    detectedUs: h.clock.nowUs(),
  });
  const message = {
    topic: TOPIC.anomalies,
    key: agentKey(h.tenant, 'a'),
    value: new TextEncoder().encode(JSON.stringify(found)),
    timestampUs: systemClock.nowUs(),
  };
  const startMs = performance.now();
  await h.bus.publisher.publish([message]);
  const arrived = await stream.next('state');
  const [hold] = (await h.call('GET', '/v1/holds?agentId=a', { token })).body.holds;
  await h.call('DELETE', `/v1/agents/a/holds/${hold.id}`, { token });
  await stream.next('state');
  return arrived.atMs - startMs;
}

async function measure(name: string, database: Database): Promise<void> {
  const h = await startHarness(database);
  await register(h, 'a');
  const stream = await h.stream('a');
  await stream.next('state');
  const token = await h.operator();
  for (const [what, once] of [
    ['operator → agent', byOperator],
    ['anomaly → agent', byAnomaly],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
      const time = await once(h, stream, token, round);
      if (round >= WARM_UP) times.push(time);
    }
    process.stdout.write(
      `${name}: ${what}: p50 ${quantile(times, 0.5)} ms, p99 ${quantile(times, 0.99)} ms, max ${quantile(times, 1)} ms (${ROUNDS} stops)\n`,
    );
  }
  stream.close();
  await h.stop();
  await database.close();
}

const folder = await mkdtemp(join(tmpdir(), 'belay-latency-'));
await measure('PGlite (folder)', await createPgliteDatabase({ path: join(folder, 'pglite') }));
const server = await startPostgres({ fsync: true });
await measure('PostgreSQL (fsync on)', await createPostgresDatabase({ url: await server.createDatabase() }));
await server.stop();
await rm(folder, { recursive: true, force: true });
