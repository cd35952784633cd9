import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Anomaly } from '@belay/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProcess, runBelay, startNode, startUp } from './belay-process.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../examples/two-agents/${file}`, import.meta.url));

let folder = '';
let platform: RunningProcess & { collector: string; control: string };
const running = new Set<RunningProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-conversation-'));
  platform = await startUp(folder, ['--config', pathOf('belay.yaml')]);
});

afterEach(() => endAll(running));

afterAll(async () => {
  await endAll([platform]);
  await rm(folder, { recursive: true, force: true });
});

/** The pair has a parent, which tells its two processes when it is told to go. */
async function endAll(processes: Iterable<RunningProcess>): Promise<void> {
  for (const one of processes) {
    one.kill('SIGTERM');
    await one.exited;
  }
}

async function startPair(args: readonly string[]): Promise<RunningProcess> {
  const token = (await readFile(join(folder, '.belay', 'agent.token'), 'utf8')).trim();
  const env = {
    BELAY_ENDPOINT: platform.collector,
    BELAY_CONTROL_ENDPOINT: platform.control,
    BELAY_TOKEN: token,
    PLANNER_PORT: await freePort(),
    REVIEWER_PORT: await freePort(),
  };
  const pair = startNode(pathOf('start.ts'), args, { cwd: folder, env });
  running.add(pair);
  void pair.exited.then(() => running.delete(pair));
  return pair;
}

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

async function json<T>(args: readonly string[]): Promise<T> {
  return JSON.parse((await runBelay([...args, '--json'], folder)).output) as T;
}

const anomalies = async (): Promise<readonly Anomaly[]> =>
  (await json<{ anomalies: { anomaly: Anomaly }[] }>(['anomalies'])).anomalies.map(({ anomaly }) => anomaly);
const holds = async () =>
  (await json<{ holds: { agentId: string; scope: string; scopeId: string; cause: { ref: string } }[] }>(['holds'])).holds;

describe('two agents of two processes that hand each other work', () => {
  it('are left alone while their drafts change, however many rounds it takes', async () => {
    const pair = await startPair(['--healthy']);
    await pair.waitFor(/The plan is finished/);
    await pair.waitFor(/review 12 →/);
    expect(await anomalies()).toEqual([]);
    expect(await holds()).toEqual([]);
  });

  it('are both paused and confirmed, as one story, when they go round in circles, and again when they are let go on', async () => {
    const pair = await startPair([]);
    await Promise.all([pair.waitFor(/planner +confirmed: Agents/), pair.waitFor(/reviewer +confirmed: Agents/)]);
    const found = (await anomalies()).filter(({ detector }) => detector === 'conversation_loop');
    const paused = found.filter(({ response }) => response === 'pause');
    expect(new Set(paused.map(({ agentId }) => agentId))).toEqual(new Set(['planner-agent', 'reviewer-agent']));
    expect(new Set(found.map(({ id, groupId }) => groupId ?? id)).size).toBe(1);
    expect(found.map(({ rule }) => rule)).toEqual(found.map(() => 'cycle'));
    const held = await holds();
    expect(held.map(({ agentId, scope }) => `${agentId} ${scope}`).toSorted()).toEqual(['planner-agent session', 'reviewer-agent session']);
    const { agents } = await json<{ agents: { agentId: string; obedience: string }[] }>(['agents']);
    expect(agents.filter(({ agentId }) => /planner|reviewer/.test(agentId)).map(({ obedience }) => obedience)).toEqual([
      'obeying',
      'obeying',
    ]);

    for (const agent of ['planner-agent', 'reviewer-agent']) await json(['resume', agent]);
    await Promise.all(
      ['planner', 'reviewer'].map((name) => pair.waitFor(new RegExp(`${name} +\\w+: released[^]*${name} +confirmed: Agents`))),
    );
    const [newest] = (await anomalies()).filter(({ response }) => response === 'pause');
    expect(newest).toMatchObject({ detector: 'conversation_loop', rule: 'cycle' });
    expect(await holds()).toHaveLength(2);
  });

  it('were each healthy to every other detector', async () => {
    expect((await anomalies()).filter(({ detector, response }) => detector !== 'conversation_loop' && response !== 'none')).toEqual([]);
  });
});
