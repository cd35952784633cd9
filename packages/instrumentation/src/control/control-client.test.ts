import { agentKey, generateSigningKey, signState } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { AgentKilledError, AgentPausedError } from '../index.ts';
import { controlledAgent, recordedAgent } from '../testing/agent-for-tests.test-support.ts';
import { eventually } from '../testing/eventually.test-support.ts';
import { fakeControl } from '../testing/fake-control.test-support.ts';

describe('a pause', () => {
  it('is acknowledged as received, applied and confirmed, in this order, with the last seq that began', async () => {
    const { agent, control } = await controlledAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    await read({});
    await read({});
    const commandId = await control.hold({ action: 'pause' });
    await eventually(() => control.acked(commandId, 'confirmed'), 'confirmed');
    expect(control.acks.map((ack) => ack.state)).toEqual(['received', 'applied', 'confirmed']);
    expect(control.acked(commandId, 'applied')).toMatchObject({ epoch: 1, runId: agent.runId, lastStartedSeq: 2, inFlight: 0 });
    expect(agent.stops.map((stop) => stop.state)).toEqual(['applied', 'confirmed']);
    expect(agent.state).toBe('paused');
    await eventually(() => control.heartbeats.find((beat) => beat.state === 'paused'), 'a heartbeat says paused');
  });

  it('lets no new action start, and lets it go on after the release', async () => {
    const { agent, control, collector } = await controlledAgent();
    let ran = 0;
    const write = agent.tool({ name: 'write', effect: 'write', run: () => ++ran });
    await control.hold({ action: 'pause' });
    await eventually(() => agent.state === 'paused', 'paused');
    const waiting = write({});
    await control.push({ epoch: 9, commandId: 'release', holds: [] });
    expect(await waiting).toBe(1);
    await eventually(() => control.acked('release', 'confirmed'), 'the release is confirmed');
    await agent.flush();
    expect(collector.named('execute_tool')).toHaveLength(1);
  });

  it('refuses at once where so configured, in words a model can act on', async () => {
    const { agent, control, collector } = await controlledAgent({ whenPaused: 'refuse' });
    const write = agent.tool({ name: 'write', effect: 'write', run: () => 'never' });
    const commandId = await control.hold({ action: 'pause', reason: 'The same call was made 12 times' });
    await eventually(() => agent.state === 'paused', 'paused');
    const refusal = await write({ a: 1 }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AgentPausedError);
    expect(refusal).toMatchObject({ code: 'agent_paused', mayHaveRun: false });
    expect(String(refusal)).toContain('The same call was made 12 times.');
    await agent.flush();
    expect(collector.named('execute_tool')[0]?.attributes).toMatchObject({
      'belay.policy.action': 'blocked',
      'belay.outcome.status': 'blocked',
      'belay.control.state': 'paused',
      'belay.control.command_id': commandId,
      'belay.decision.seq': 1,
    });
  });

  it('of one session leaves the others alone', async () => {
    const { agent, control } = await controlledAgent({ whenPaused: 'refuse' });
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 'ok' });
    const commandId = await control.hold({ action: 'pause', scope: 'session', scopeId: 's1' });
    await eventually(() => control.acked(commandId, 'confirmed'), 'confirmed');
    await expect(agent.session({ id: 's1' }, () => read({}))).rejects.toThrow(AgentPausedError);
    expect(await agent.session({ id: 's2' }, () => read({}))).toBe('ok');
    expect(agent.state).toBe('running');
  });

  it('is confirmed only when what was in flight has settled', async () => {
    const { agent, control } = await controlledAgent();
    const gate = Promise.withResolvers<string>();
    const slow = agent.tool({ name: 'slow', effect: 'read', run: () => gate.promise });
    const running = slow({});
    const commandId = await control.hold({ action: 'pause' });
    const applied = await eventually(() => control.acked(commandId, 'applied'), 'applied');
    expect(applied.inFlight).toBe(1);
    expect(agent.state).toBe('pausing');
    expect(control.acked(commandId, 'confirmed')).toBeUndefined();
    gate.resolve('done');
    expect(await running).toBe('done');
    await eventually(() => control.acked(commandId, 'confirmed'), 'confirmed');
  });

  it('lets allow-listed reads through', async () => {
    const { agent, control } = await controlledAgent({ whenPaused: 'refuse' });
    const save = agent.tool({ name: 'read_draft', effect: 'read', allowWhilePaused: true, run: () => 'draft' });
    await control.hold({ action: 'pause' });
    await eventually(() => agent.state === 'paused', 'paused');
    expect(await save({})).toBe('draft');
    await control.hold({ action: 'kill' });
    await eventually(() => agent.state === 'killed', 'killed');
    await expect(save({})).rejects.toThrow(AgentKilledError);
  });
});

describe('a kill', () => {
  it('aborts what is in flight and refuses what comes, until it is released', async () => {
    const { agent, control } = await controlledAgent();
    const aborted = Promise.withResolvers<unknown>();
    const hang = agent.tool({
      name: 'hang',
      effect: 'write',
      run: (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.resolve(signal.reason);
            reject(signal.reason);
          });
        }),
    });
    const running = hang({}).catch((error: unknown) => error);
    await eventually(() => control.heartbeats.length > 0, 'registered');
    const commandId = await control.hold({ action: 'kill', scope: 'run', scopeId: agent.runId });
    expect(await running).toBeInstanceOf(AgentKilledError);
    expect(await running).toMatchObject({ mayHaveRun: true });
    expect(await aborted.promise).toBeInstanceOf(AgentKilledError);
    await eventually(() => control.acked(commandId, 'confirmed'), 'confirmed');
    await expect(hang({})).rejects.toThrow(AgentKilledError);
    expect(agent.state).toBe('killed');
    await control.push({ epoch: 2, commandId: 'r', holds: [] });
    await eventually(() => agent.state === 'running', 'released');
  });

  it('wakes and refuses calls that wait at a pause', async () => {
    const { agent, control } = await controlledAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    await control.hold({ action: 'pause' });
    await eventually(() => agent.state === 'paused', 'paused');
    const waiting = read({}).catch((error: unknown) => error);
    await control.hold({ action: 'kill' });
    expect(await waiting).toBeInstanceOf(AgentKilledError);
  });
});

describe('the state', () => {
  it('of an older epoch changes nothing and is reported as rejected', async () => {
    const { agent, control } = await controlledAgent();
    await control.hold({ action: 'pause' });
    const second = await control.hold({ action: 'pause' });
    await eventually(() => control.acked(second, 'confirmed'), 'confirmed');
    await control.push({ epoch: 1, commandId: 'old', holds: [] });
    const ack = await eventually(() => control.acked('old', 'rejected'), 'rejected');
    expect(ack.detail).toContain('older');
    expect(agent.state).toBe('paused');
  });

  it('of the same epoch is idempotent', async () => {
    const { agent, control } = await controlledAgent();
    const commandId = await control.hold({ action: 'pause' });
    await eventually(() => control.acked(commandId, 'confirmed'), 'confirmed');
    await control.push({});
    await control.push({ epoch: 7, commandId: 'later', holds: [] });
    await eventually(() => control.acked('later', 'confirmed'), 'later');
    expect(control.acks.filter((ack) => ack.commandId === commandId)).toHaveLength(3);
    expect(agent.state).toBe('running');
  });

  it.each([
    ['signed by another key', async (state: Parameters<typeof signState>[1]) => signState(await generateSigningKey(), state)],
    ['unsigned', async (state: object) => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(state))}.`],
    ['that is no JWS', async () => 'garbage'],
  ])('%s is refused, and what was in force stays in force', async (_what, forge) => {
    const { agent, control, warnings } = await controlledAgent();
    const commandId = await control.hold({ action: 'pause' });
    await eventually(() => control.acked(commandId, 'confirmed'), 'confirmed');
    control.forge = forge;
    await control.push({ epoch: 2, commandId: 'forged', holds: [] });
    await eventually(() => warnings.some((line) => line.includes('refused')), 'the refusal is said');
    expect(agent.state).toBe('paused');
    expect(control.acks.some((ack) => ack.commandId === 'forged')).toBe(false);
  });

  it('of another agent, and a recorded one with another nonce, are refused', async () => {
    const control = await fakeControl('agent-1');
    const foreign = agentKey('acme', 'agent-2');
    control.forge = (state) => signState(control.key, { ...state, aud: foreign });
    const { agent, warnings } = await recordedAgent({ token: control.token, controlEndpoint: control.url });
    await eventually(() => warnings.some((line) => line.includes('wrong_audience')), 'refused');
    control.forge = (state) => signState(control.key, { ...state, nonce: 'recorded-before' });
    await eventually(() => control.streams.length + control.polls.length > 4, 'it goes on trying');
    expect(agent.isProtected).toBe(true);
    const write = agent.tool({ name: 'delete', effect: 'destructive', run: () => 1 });
    await expect(write({})).rejects.toMatchObject({ rule: 'fail_mode:no_first_state' });
  });
});

describe('the link', () => {
  it('resumes after a cut, with Last-Event-ID and a new nonce, and obeys what it missed', async () => {
    const { agent, control } = await controlledAgent();
    await control.hold({});
    await eventually(() => agent.state === 'paused', 'paused');
    const before = control.streams.length; // more than one when a heartbeat told of the new epoch before the stream did
    control.cut();
    const next = await eventually(() => control.streams[before], 'it came back');
    expect(next.lastEventId).toBe('1');
    expect(new Set(control.streams.map(({ nonce }) => nonce)).size).toBe(control.streams.length);
    expect(agent.state).toBe('paused');
  });

  it('polls where streams do not come through', async () => {
    const control = await fakeControl('agent-1');
    control.streamMode = 'missing';
    await control.hold({});
    const { agent } = await recordedAgent({ token: control.token, controlEndpoint: control.url });
    await eventually(() => agent.state === 'paused', 'the poll brought the state');
    expect(control.polls.length).toBeGreaterThan(0);
  });

  it('keeps the last known pause in force while control is away', async () => {
    const { agent, control } = await controlledAgent({ whenPaused: 'refuse', failMode: { read: 'allow', write: 'allow' } });
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    await control.hold({});
    await eventually(() => agent.state === 'paused', 'paused');
    await control.close();
    await expect(read({})).rejects.toThrow(AgentPausedError);
  });
});

describe('heartbeats', () => {
  it('register the run first, name open sessions and what is in flight, and say goodbye', async () => {
    const { agent, control } = await controlledAgent({ name: 'billing', version: '2', heartbeatMs: 50 });
    const gate = Promise.withResolvers<void>();
    const slow = agent.tool({ name: 'slow', effect: 'read', timeoutMs: 1_234_567, run: () => gate.promise });
    const session = agent.session({ id: 's1' }, () => slow({}));
    const beat = await eventually(() => control.heartbeats.find((each) => each.inFlightSeqs.length > 0), 'in flight');
    expect(control.heartbeats[0]).toMatchObject({
      agentId: 'agent-1',
      runId: agent.runId,
      name: 'billing',
      version: '2',
      state: 'running',
    });
    expect(beat).toMatchObject({ lastSeq: 1, inFlightSeqs: [1], sessions: ['s1'], longestTimeoutMs: 1_234_567 });
    gate.resolve();
    await session;
    await agent.shutdown();
    expect(control.heartbeats.at(-1)).toMatchObject({ state: 'ended' });
  });
});
