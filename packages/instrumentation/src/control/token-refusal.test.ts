import { describe, expect, it } from 'vitest';
import { controlledAgent, recordedAgent } from '../testing/agent-for-tests.test-support.ts';
import { eventually } from '../testing/eventually.test-support.ts';
import { fakeControl } from '../testing/fake-control.test-support.ts';

const MODE = { waitForControlMs: 200 };
const tokenWarnings = (warnings: readonly string[]): string[] => warnings.filter((line) => line.includes('token'));

describe('a token that control does not accept', () => {
  it.each([
    ['expired', 401, 'The token is not accepted: "exp" claim timestamp check failed.', 'expired, revoked'],
    ['of another agent', 403, 'The token does not cover the agent id "agent-1".', 'not for this agent'],
  ])('because it is %s is said once: which agent, which answer, and what to do', async (_what, status, detail, reason) => {
    const control = await fakeControl('agent-1');
    control.refusal = { status, detail };
    const { agent, warnings } = await recordedAgent({ token: control.token, controlEndpoint: control.url, failMode: MODE });
    await eventually(() => tokenWarnings(warnings).length > 0, 'it is said');
    const tries = control.refused;
    await eventually(() => control.refused > tries + 3, 'it goes on trying');
    expect(tokenWarnings(warnings)).toHaveLength(1);
    const [said] = tokenWarnings(warnings);
    for (const part of ['agent-1', String(status), detail.replace(/\.$/, ''), control.url, 'belay token agent', 'BELAY_TOKEN'])
      expect(said).toContain(part);
    expect(said).not.toContain('..');
    expect(agent.isProtected).toBe(false);
    expect(agent.unprotectedReason).toContain(reason);
    expect(agent.unprotectedReason).toContain(String(status));
  });

  it('is no outage in the words of a refusal, but one for the fail mode: reads and writes go on, destructive actions stop', async () => {
    const control = await fakeControl('agent-1');
    control.refusal = { status: 401, detail: 'revoked' };
    const { agent } = await recordedAgent({ token: control.token, controlEndpoint: control.url, failMode: MODE });
    await eventually(() => !agent.isProtected, 'the refusal is known');
    const tool = (name: string, effect: 'read' | 'write' | 'destructive') => agent.tool({ name, effect, run: () => 'ran' });
    expect(await tool('get', 'read')({})).toBe('ran');
    expect(await tool('put', 'write')({})).toBe('ran');
    const refusal = await tool('drop', 'destructive')({}).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ rule: 'fail_mode:token_refused' });
    expect(String(refusal)).toContain('does not accept the token of this agent');
    expect(String(refusal)).not.toMatch(/been reached|away|in a minute/);
  });

  it('because it was revoked while the agent ran is noticed, and what was in force stays in force', async () => {
    const { agent, control, warnings } = await controlledAgent({ whenPaused: 'refuse', heartbeatMs: 50 });
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 'ran' });
    const pause = await control.hold({ action: 'pause' });
    await eventually(() => control.acked(pause, 'confirmed'), 'paused');
    expect(agent.isProtected).toBe(true);
    control.refusal = { status: 401, detail: 'revoked' };
    control.cut();
    await eventually(() => !agent.isProtected, 'it is noticed');
    expect(tokenWarnings(warnings)).toHaveLength(1);
    await expect(read({})).rejects.toMatchObject({ code: 'agent_paused' });
  });

  it('and accepts again protects again', async () => {
    const control = await fakeControl('agent-1');
    control.refusal = { status: 403, detail: 'not yet' };
    const { agent } = await recordedAgent({ token: control.token, controlEndpoint: control.url, heartbeatMs: 50 });
    await eventually(() => !agent.isProtected, 'it is noticed');
    control.refusal = undefined;
    await eventually(() => agent.isProtected, 'it is over');
    expect(agent.unprotectedReason).toBeUndefined();
  });

  it('for the name that the agent says is said once, and nothing is said of an agent that nothing can stop: its state stays open', async () => {
    const control = await fakeControl('agent-1');
    control.refusal = { status: 403, detail: 'The token does not cover the agent name "x".', only: 'heartbeats' };
    const { agent, warnings } = await recordedAgent({ token: control.token, controlEndpoint: control.url, heartbeatMs: 50 });
    await eventually(() => tokenWarnings(warnings).length > 0, 'it is said');
    const tries = control.refused;
    await eventually(() => control.refused > tries + 3, 'it goes on trying');
    expect(tokenWarnings(warnings)).toEqual([expect.stringContaining('does not cover the agent name "x". It can still be stopped.')]);
    expect(agent.isProtected).toBe(true);
    const pause = await control.hold({ action: 'pause' });
    await eventually(() => control.acked(pause, 'confirmed'), 'paused');
  });

  it('with an answer that nobody can read is said all the same, on one line', async () => {
    const control = await fakeControl('agent-1');
    control.refusal = { status: 403, detail: `\u001b[31mline\nline ${'x'.repeat(5000)}` };
    const { warnings } = await recordedAgent({ token: control.token, controlEndpoint: control.url });
    await eventually(() => tokenWarnings(warnings).length > 0, 'it is said');
    expect(tokenWarnings(warnings)[0]).not.toMatch(/\p{Cc}/u);
    expect(tokenWarnings(warnings)[0]?.length).toBeLessThan(600);
  });
});
