import { openTestPostgres, startPostgres } from '@belay/testkit';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createPostgresDatabase, type Database } from './index.ts';
import { anomaliesContract } from './testing/anomalies-contract.ts';
import { eventually, register, startHarness, TOPIC } from './testing/control.test-support.ts';
import { crashContract } from './testing/crash-contract.ts';
import { deadlinesContract } from './testing/deadlines-contract.ts';
import { expiryContract } from './testing/expiry-contract.ts';
import { feedbackContract } from './testing/feedback-contract.ts';
import { historyCallContract } from './testing/history-contract.ts';
import { holdsContract } from './testing/holds-contract.ts';
import { hooksContract } from './testing/hooks-contract.ts';
import { inputsContract } from './testing/inputs-contract.ts';
import { ledgerContract } from './testing/ledger-contract.ts';
import { metricsCallContract } from './testing/metrics-contract.ts';
import { modesContract } from './testing/modes-contract.ts';
import { operatorsContract } from './testing/operators-contract.ts';
import { robustnessContract } from './testing/robustness-contract.ts';
import { stopContract } from './testing/stop-contract.ts';

let server: Awaited<ReturnType<typeof openTestPostgres>>;
beforeAll(async () => {
  server = await openTestPostgres();
});
afterAll(() => server.stop());

const open = (): Promise<Database> => createPostgresDatabase({ url: server.url });

holdsContract(open);
deadlinesContract(open);
expiryContract(open);
anomaliesContract(open);
hooksContract(open);
operatorsContract(open);
ledgerContract(open);
robustnessContract(open);
stopContract(open);
inputsContract(open);
feedbackContract(open);
modesContract(open);
historyCallContract(open);
metricsCallContract(open);
crashContract('PostgreSQL', { address: async () => server.url, open: (url) => createPostgresDatabase({ url }) });

describe('replicas on one PostgreSQL', () => {
  test('a hold placed through one reaches the agent connected to the other', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const first = await startHarness(one);
    const second = await startHarness(two, {}, { bus: first.bus, clock: first.clock, signingKey: first.signingKey, tenant: first.tenant });
    await register(first, 'r1');
    const stream = await second.stream('r1');
    await stream.next('state');
    const placed = await first.call('POST', '/v1/agents/r1/holds', {
      token: await first.operator(),
      body: { action: 'pause', reason: 'r' },
    });
    const state = await second.verify('r1', (await stream.next('state')).data);
    expect(state.holds.map((hold) => hold.id)).toEqual([placed.body.hold.id]);
    stream.close();
    await second.stop();
    await first.stop();
    await one.close();
    await two.close();
  });

  test('a token revoked through one is refused by the other', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const first = await startHarness(one);
    const second = await startHarness(two, {}, { bus: first.bus, clock: first.clock, signingKey: first.signingKey, tenant: first.tenant });
    const token = await first.operator('viewer', { jti: 'gone' });
    expect((await second.call('GET', '/v1/agents', { token })).status).toBe(200);
    await first.call('POST', '/v1/tokens/revoke', { token: await first.operator('admin'), body: { jti: 'gone' } });
    await eventually(async () => (await second.call('GET', '/v1/agents', { token })).status === 401);
    await second.stop();
    await first.stop();
    await one.close();
    await two.close();
  });
});

test('control goes on when another user of the database writes to its channel', async () => {
  const database = await open();
  const h = await startHarness(database);
  await register(h, 'n1');
  const stream = await h.stream('n1');
  await stream.next('state');
  await sql`select pg_notify('belay_control', 'hello')`.execute(database.db);
  await sql`select pg_notify('belay_control', '')`.execute(database.db);
  await h.call('POST', '/v1/agents/n1/holds', { token: await h.operator(), body: { action: 'pause', reason: 'r' } });
  expect((await h.verify('n1', (await stream.next('state')).data)).epoch).toBe(1);
  stream.close();
  await h.stop();
  await database.close();
});

describe('PostgreSQL killed and restarted under control', () => {
  test('control says that it is not ready, loses nothing it answered, hears of changes again, and goes on by itself', async () => {
    const own = await startPostgres({ fsync: true });
    onTestFinished(() => own.stop());
    const database = await createPostgresDatabase({ url: await own.createDatabase() });
    const h = await startHarness(database);
    const token = await h.operator();
    await register(h, 'p1');
    const stream = await h.stream('p1');
    await stream.next('state');
    const before = await h.call('POST', '/v1/agents/p1/holds', { token, body: { action: 'pause', reason: 'before' } });
    await stream.next('state');
    await own.kill();
    const during = await h.call('POST', '/v1/agents/p1/holds', { token, body: { action: 'pause', reason: 'during' } });
    expect(during.body).toMatchObject({ status: 503, code: 'unavailable' });
    expect((await h.call('GET', '/readyz')).status).toBe(503);
    await own.start();
    await eventually(async () => (await h.call('GET', '/readyz')).status === 200);
    const after = await h.call('POST', '/v1/agents/p1/holds', { token, body: { action: 'pause', reason: 'after' } });
    expect(after.body.epoch).toBe(2);
    const state = await h.verify('p1', (await stream.next('state')).data);
    expect(new Set(state.holds.map((hold) => hold.id))).toEqual(new Set([before.body.hold.id, after.body.hold.id]));
    const placed = async (): Promise<string[]> =>
      (await h.published(TOPIC.control)).flatMap((event) => (event.type === 'hold.placed' ? [event.hold.id] : []));
    await eventually(async () => new Set(await placed()).size === 2);
    stream.close();
    await h.stop();
    await database.close();
  });
});
