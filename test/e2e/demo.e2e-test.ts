import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createChdbStore } from '@belay/store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProcess, runBelay, startBelay, startNode, startUp } from './belay-process.ts';

const TICKER = fileURLToPath(new URL('./agents/ticker.ts', import.meta.url));
const FREE = ['--collector-port', '0', '--control-port', '0', '--metrics-port', '0'];

let folder = '';
const running = new Set<RunningProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-e2e-'));
});

afterEach(async () => {
  for (const one of running) {
    one.kill('SIGKILL');
    await one.exited;
  }
  running.clear();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function up(args: readonly string[] = []): Promise<RunningProcess & { collector: string; control: string }> {
  const platform = await startUp(folder, args);
  running.add(platform);
  void platform.exited.then(() => running.delete(platform));
  return platform;
}

async function json(args: readonly string[]): Promise<Record<string, unknown>> {
  const { output } = await runBelay([...args, '--json'], folder);
  return JSON.parse(output) as Record<string, unknown>;
}

describe('the all-in-one with its sample fleet', () => {
  it('stops exactly the looping and the overspending agent, confirmed, and ends with 0', async () => {
    const demo = startBelay(['up', ...FREE, '--exit-after-demo'], folder);
    running.add(demo);
    expect(await demo.exited, demo.output()).toBe(0);
    running.delete(demo);
    expect(demo.output()).toMatch(/■ looper PAUSED {2}session · loop L1/);
    expect(demo.output()).toMatch(/■ spender PAUSED {2}session · spend_rate/);
    expect(demo.output()).toMatch(/2 stopped and confirmed, 4 untouched/);
    expect(demo.output()).toMatch(/everything accepted is on disk/);
  });

  it('has every decision, anomaly and acknowledgement on record, each decision once', async () => {
    const store = await createChdbStore({ path: join(folder, '.belay', 'history') });
    try {
      const batch = await store.queries.recentDecisions({ tenant: 'default', agentId: 'batcher', limit: 2_000 });
      expect(batch.filter(({ kind }) => kind === 'tool')).toHaveLength(200);
      expect(batch.filter(({ kind }) => kind === 'proposal')).toHaveLength(200);
      for (const agentId of ['looper', 'spender']) {
        const anomalies = await store.queries.anomalies({ tenant: 'default', agentId, sinceUs: 0, untilUs: Date.now() * 1000, limit: 100 });
        expect(anomalies.filter(({ response }) => response === 'pause').length).toBeGreaterThanOrEqual(1);
      }
      for (const agentId of ['librarian', 'courier', 'poller', 'batcher']) {
        expect(await store.queries.sequenceGaps({ tenant: 'default', agentId })).toEqual([]);
      }
      const delays = await store.queries.stopDelays({ tenant: 'default', sinceUs: 0, untilUs: Date.now() * 1000 });
      expect(Number(delays.confirmed)).toBeGreaterThanOrEqual(2);
    } finally {
      await store.close();
    }
  });

  it('keeps its folder and keys to their owner', async () => {
    expect((await stat(join(folder, '.belay'))).mode & 0o777).toBe(0o700);
    for (const name of ['signing-key.json', 'operator.token', 'agent.token', 'canary.token', 'hash-key']) {
      expect((await stat(join(folder, '.belay', name))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(join(folder, '.belay', 'logs', 'belay.log'), 'utf8')).not.toMatch(/eyJ[\w-]{20,}\./);
  });

  it('starts again on the same data, with its holds, and stops cleanly on SIGTERM', async () => {
    const platform = await up();
    const { holds } = (await json(['holds'])) as { holds: { agentId: string }[] };
    const held = new Set(holds.map(({ agentId }) => agentId).filter((agentId) => !agentId.startsWith('belay-canary')));
    expect(held).toEqual(new Set(['looper', 'spender']));
    platform.kill('SIGTERM');
    expect(await platform.exited, platform.output()).toBe(0);
  });

  it('starts again after kill -9, with an intact audit', async () => {
    const victim = await up();
    victim.kill('SIGKILL');
    expect(await victim.exited).toBe('SIGKILL');
    const platform = await up();
    expect(await json(['audit', 'verify'])).toMatchObject({ intact: true });
    const { agents } = (await json(['agents'])) as { agents: { agentId: string }[] };
    expect(agents.map(({ agentId }) => agentId)).toEqual(expect.arrayContaining(['looper', 'spender', 'batcher']));
    platform.kill('SIGTERM');
    expect(await platform.exited).toBe(0);
  });
});

describe('a running platform', () => {
  it('pauses, resumes and kills a live agent by command, each confirmed, and answers doctor and status well', async () => {
    const platform = await up();
    const token = (await readFile(join(folder, '.belay', 'agent.token'), 'utf8')).trim();
    const env = { BELAY_ENDPOINT: platform.collector, BELAY_CONTROL_ENDPOINT: platform.control, BELAY_TOKEN: token };
    const ticker = startNode(TICKER, [], { cwd: folder, env });
    running.add(ticker);
    await ticker.waitFor(/tick 5\n/);
    expect(await json(['pause', 'ticker', '--reason', 'a test'])).toMatchObject({ confirmed: 1, owing: 0 });
    const paused = ticker.output();
    expect(await json(['resume', 'ticker'])).toMatchObject({ released: [{ agentId: 'ticker', openHolds: 0 }] });
    await ticker.waitFor(new RegExp(`tick ${paused.split('\n').length + 3}\n`));
    expect(await json(['kill', 'ticker'])).toMatchObject({ confirmed: 1, owing: 0 });
    await ticker.waitFor(/refused: agent_killed/);
    expect(await ticker.exited).toBe(0);
    running.delete(ticker);
    const { checks } = (await json(['doctor'])) as { checks: { verdict: string; name: string; found: string }[] };
    expect(checks.filter(({ verdict }) => verdict === 'problem')).toEqual([]);
    expect(await json(['status'])).toMatchObject({ isWell: true });
    platform.kill('SIGTERM');
    expect(await platform.exited).toBe(0);
  });

  it('keeps a second process off its folder, and says so', async () => {
    const platform = await up();
    const second = await runBelay(['up', ...FREE], folder);
    expect(second.code).toBe(1);
    expect(second.output).toMatch(/Another Belay is running on the data folder/);
    platform.kill('SIGTERM');
    expect(await platform.exited).toBe(0);
  });
});

describe('belay up', () => {
  it('says which port is taken, before it starts anything', async () => {
    const server = await occupy();
    const { port } = server.address() as AddressInfo;
    const { code, output } = await runBelay(['up', '--collector-port', '0', '--control-port', String(port), '--metrics-port', '0'], folder);
    server.close();
    expect(code).toBe(1);
    expect(output).toContain(`The control service cannot listen on 127.0.0.1:${port}: another program uses it`);
    expect(output).toContain('--control-port');
  });
});

async function occupy(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
