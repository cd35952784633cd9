import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEmbeddedBus } from '@belay/bus';
import { type ControlEvent, generateSigningKey, mintToken, systemClock } from '@belay/protocol';
import { createManualClock } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { type Database, verifyAudit } from '../index.ts';
import { eventually, heartbeat, startHarness, TOPIC } from './control.test-support.ts';

const PROGRAM = fileURLToPath(new URL('./control-process.test-support.ts', import.meta.url));
const ROUNDS = 4;

interface Answered {
  epoch: number;
  hold: { id: string };
}

async function launch(args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const flags = ['--conditions=belay-source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
}

/** Three workers place holds until the process is killed in the midst of it; what was answered is kept in `answered`. */
async function killInTheMiddle(
  args: readonly string[],
  tokens: { operator: string; agent: string },
  answered: Answered[],
  wanted: number,
): Promise<void> {
  const { child, url } = await launch(args);
  const exited = once(child, 'exit');
  const send = async (path: string, token: string, body: object): Promise<Answered | undefined> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.status === 201 ? ((await response.json()) as Answered) : undefined;
  };
  const worker = async (): Promise<void> => {
    for (;;) {
      const answer = await send('/v1/agents/k1/holds', tokens.operator, { action: 'pause', reason: 'r' }).catch(() => undefined);
      if (answer === undefined) return;
      answered.push(answer);
    }
  };
  try {
    await send('/v1/agent/heartbeats', tokens.agent, heartbeat('k1'));
    const workers = [worker(), worker(), worker()];
    await eventually(() => answered.length >= wanted);
    child.kill('SIGKILL');
    await Promise.all(workers);
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/** kill -9 in the middle of commands: what was answered is in force and on record, and epochs only grow. */
export function crashContract(name: string, where: { address: () => Promise<string>; open: (address: string) => Promise<Database> }): void {
  describe(`kill -9 of control on ${name}`, () => {
    test('no command that was answered is lost, the outbox goes on, the epoch never goes back, the audit is intact', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'belay-crash-'));
      const busPath = join(folder, 'bus.sqlite');
      const address = await where.address();
      const key = await generateSigningKey();
      const tenant = `crash-${process.pid}`;
      const nowS = Math.floor(Date.now() / 1000);
      const base = { iat: nowS, exp: nowS + 3_600, jti: 'j', tenant };
      const operator = await mintToken(key, { ...base, sub: 'ann', kind: 'operator', role: 'operator' });
      const agent = await mintToken(key, { ...base, sub: 'fleet', kind: 'agent', agents: '*' });
      const answered: Answered[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        await killInTheMiddle([address, busPath, JSON.stringify(key)], { operator, agent }, answered, answered.length + 8 + round * 3);
      }
      const bus = await createEmbeddedBus({ path: busPath, clock: systemClock });
      const database = await where.open(address);
      const h = await startHarness(database, {}, { bus, signingKey: key, tenant, clock: createManualClock(systemClock.nowUs()) });
      const placed = async () =>
        (await h.published<ControlEvent>(TOPIC.control)).flatMap((event) =>
          event.type === 'hold.placed' && event.tenant === tenant ? [event] : [],
        );
      const polled = await h.call('GET', '/v1/agent/poll?agentId=k1&runId=r1&nonce=nonce-0001', { token: agent });
      const state = await h.verify('k1', JSON.stringify(polled.body));
      const inForce = state.holds.map((hold) => hold.id);
      expect(inForce).toEqual(expect.arrayContaining(answered.map(({ hold }) => hold.id)));
      expect(inForce).toHaveLength(state.epoch);
      await eventually(async () => new Set((await placed()).map((event) => event.hold.id)).size === inForce.length);
      const epochs = [...new Map((await placed()).map((event) => [event.id, event.epoch])).values()];
      expect(epochs).toEqual(Array.from({ length: state.epoch }, (_, n) => n + 1));
      expect(await verifyAudit(database.db, tenant)).toMatchObject({ intact: true });
      const audited = await database.db
        .selectFrom('audit')
        .select('seq')
        .where('tenant', '=', tenant)
        .where('action', '=', 'hold.placed')
        .execute();
      expect(audited).toHaveLength(inForce.length);
      await h.stop();
      await database.close();
      await bus.close();
      await rm(folder, { recursive: true, force: true });
      if (isAbsolute(address)) await rm(address, { recursive: true, force: true });
    });
  });
}
