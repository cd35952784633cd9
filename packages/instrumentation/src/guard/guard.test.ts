import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ActionDeniedError, AgentPausedError, InvalidActionError } from '../index.ts';
import { controlledAgent, recordedAgent } from '../testing/agent-for-tests.test-support.ts';
import { eventually } from '../testing/eventually.test-support.ts';

describe('parse', () => {
  const schema = z.object({ to: z.string(), lines: z.array(z.object({ sku: z.string() })).default([]) });

  it.each([
    ['a wrong type', { to: 7 }, 'to'],
    ['a missing key', {}, 'to'],
    ['an extra key', { to: 'a', bcc: 'b' }, '"bcc"'],
    ['an extra key inside', { to: 'a', lines: [{ sku: 's', price: 1 }] }, '"lines.0.price"'],
    ['something else altogether', 'rm -rf', 'object'],
  ])('refuses %s and records the attempt', async (_what, input, says) => {
    const { agent, collector } = await recordedAgent();
    let ran = false;
    const mail = agent.tool({
      name: 'send_mail',
      effect: 'write',
      input: schema,
      run: () => {
        ran = true;
      },
    });
    const refusal = await mail(input as never).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidActionError);
    expect(String(refusal)).toContain(says);
    expect(ran).toBe(false);
    await agent.flush();
    expect(collector.spans).toHaveLength(1);
    expect(collector.spans[0]?.attributes).toMatchObject({
      'belay.outcome.status': 'blocked',
      'error.type': 'invalid_action',
      'belay.effect': 'write',
    });
  });

  it('gives the tool what the schema made of the input', async () => {
    const { agent } = await recordedAgent();
    const mail = agent.tool({ name: 'send_mail', effect: 'write', input: schema, run: (input) => input });
    expect(await mail({ to: 'a' })).toEqual({ to: 'a', lines: [] });
  });

  it('lets a schema rename on purpose', async () => {
    const { agent } = await recordedAgent();
    const input = z.object({ a: z.string() }).transform(({ a }) => ({ b: a }));
    const tool = agent.tool({ name: 'rename', effect: 'read', extraKeys: 'ignore', input, run: ({ b }) => b });
    expect(await tool({ a: 'x' })).toBe('x');
  });

  it('awaits an asynchronous schema, and refuses when one fails', async () => {
    const { agent } = await recordedAgent();
    const slow = z.object({ a: z.string().refine(async (value) => value !== 'bad', 'is bad') });
    const tool = agent.tool({ name: 'slow', effect: 'read', input: slow, run: () => 'ran' });
    expect(await tool({ a: 'good' })).toBe('ran');
    await expect(tool({ a: 'bad' })).rejects.toThrow('is bad');
    const broken = agent.tool({
      name: 'broken',
      effect: 'read',
      input: {
        '~standard': {
          version: 1,
          vendor: 'x',
          validate: () => {
            throw new TypeError('x');
          },
        },
      },
      run: () => 'ran',
    });
    await expect(broken({})).rejects.toThrow(InvalidActionError);
  });

  it.each([
    [
      'a cycle',
      () => {
        const loop: Record<string, unknown> = {};
        loop.self = loop;
        return loop;
      },
    ],
    ['a bigint', () => ({ n: 1n })],
    ['a symbol', () => ({ s: Symbol('x'), u: undefined })],
    [
      'a throwing getter',
      () =>
        Object.defineProperty({}, 'x', {
          enumerable: true,
          get: () => {
            throw new Error('getter');
          },
        }),
    ],
    ['a lone surrogate', () => ({ text: '\ud800' })],
    ['undefined', () => undefined],
    [
      'deep nesting',
      () => {
        let deep: unknown = 1;
        for (let i = 0; i < 20_000; i += 1) deep = [deep];
        return deep;
      },
    ],
  ])('runs a tool without a schema on %s all the same', async (_what, make) => {
    const { agent, collector } = await recordedAgent({ content: 'redacted' });
    const tool = agent.tool({ name: 'any', effect: 'read', run: (_input: unknown) => 'ran' });
    expect(await tool(make())).toBe('ran');
    await agent.flush();
    expect(collector.spans).toHaveLength(1);
  });
});

describe('policy', () => {
  it('refuses by rule, says which and why, and records it', async () => {
    const { agent, collector } = await recordedAgent({
      policy: {
        version: '7',
        decide: ({ destinations }) =>
          destinations.some((d) => d.includes('evil'))
            ? { verdict: 'deny', ruleId: 'no-evil', why: 'that host is not allowed' }
            : undefined,
      },
    });
    const get = agent.tool({ name: 'get', effect: 'read', run: () => 'page' });
    const refusal = await get({ url: 'https://evil.example/x' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ActionDeniedError);
    expect(refusal).toMatchObject({ code: 'action_denied', rule: 'no-evil', why: 'that host is not allowed.' });
    await agent.flush();
    expect(collector.spans[0]?.attributes).toMatchObject({
      'belay.policy.verdict': 'deny',
      'belay.policy.action': 'blocked',
      'belay.policy.rule_id': 'no-evil',
      'belay.policy.version': '7',
    });
  });

  it('in shadow mode runs what it would refuse', async () => {
    const { agent, collector } = await recordedAgent({ policy: { mode: 'shadow', defaults: { write: 'require_approval' } } });
    const write = agent.tool({ name: 'write', run: () => 'ran' });
    expect(await write({})).toBe('ran');
    await agent.flush();
    expect(collector.named('execute_tool')[0]?.attributes).toMatchObject({
      'belay.policy.verdict': 'require_approval',
      'belay.policy.action': 'executed',
    });
  });

  it('denies when a rule fails', async () => {
    const { agent } = await recordedAgent({
      policy: {
        decide: () => {
          throw new RangeError('x');
        },
      },
    });
    await expect(agent.tool({ name: 'read', effect: 'read', run: () => 1 })({})).rejects.toMatchObject({ rule: 'policy_error' });
  });
});

describe('proposal', () => {
  it('of a destructive action is on record before the action runs', async () => {
    const { agent, collector } = await recordedAgent();
    let recorded: string[] = [];
    const drop = agent.tool({
      name: 'drop',
      effect: 'destructive',
      run: () => {
        recorded = collector.spans.map((span) => span.name);
      },
    });
    await drop({ table: 'a' });
    expect(recorded).toEqual(['propose drop']);
    await agent.flush();
    const [proposal, decision] = collector.spans;
    expect(decision?.attributes['belay.call.digest']).toBe(proposal?.attributes['belay.call.digest']);
    expect(decision?.attributes['belay.decision.seq']).toBe(proposal?.attributes['belay.decision.seq']);
    expect(proposal?.attributes['belay.outcome.status']).toBeUndefined();
  });

  it('that the collector rejects stops the destructive action', async () => {
    const { agent, collector } = await recordedAgent();
    collector.answer = (response) => {
      response.writeHead(400).end();
      return 'answered';
    };
    await expect(agent.tool({ name: 'drop', effect: 'destructive', run: () => 1 })({})).rejects.toMatchObject({
      rule: 'fail_mode:unrecorded',
    });
  });

  it('that is acknowledged too late to beat a hold does not let the action run', async () => {
    const { agent, collector, control } = await controlledAgent({ whenPaused: 'refuse' });
    let ran = false;
    const drop = agent.tool({
      name: 'drop',
      effect: 'destructive',
      run: () => {
        ran = true;
      },
    });
    const proposed = Promise.withResolvers<() => void>();
    collector.answer = (response, spans) => {
      if (spans[0]?.name !== 'propose drop') return 'accept';
      proposed.resolve(() => void response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
      return 'answered';
    };
    const call = drop({}).catch((error: unknown) => error);
    const acknowledge = await proposed.promise;
    const commandId = await control.hold({ action: 'pause' });
    const applied = await eventually(() => control.acked(commandId, 'applied'), 'applied');
    acknowledge();
    expect(await call).toBeInstanceOf(AgentPausedError);
    expect(ran).toBe(false);
    expect(applied.lastStartedSeq).toBe(0);
  });

  it('of a write does not wait, and of a read is not made', async () => {
    const { agent, collector } = await recordedAgent();
    await agent.tool({ name: 'write', effect: 'write', run: () => 1 })({});
    await agent.tool({ name: 'read', effect: 'read', run: () => 1 })({});
    await agent.flush();
    expect(collector.named('propose').map((span) => span.name)).toEqual(['propose write']);
  });
});
