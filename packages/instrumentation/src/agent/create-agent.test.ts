import { callDigest } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recordedAgent } from '../testing/agent-for-tests.test-support.ts';
import { usd } from './usd.ts';

describe('three lines', () => {
  it('record a call with who, what, where and what came of it', async () => {
    const { agent, collector } = await recordedAgent({ name: 'billing', version: '1.4.0', environment: 'test' });
    const fetchPage = agent.tool({ name: 'fetch_page', effect: 'read', run: ({ url }: { url: string }) => `a page about ${url}` });
    expect(await fetchPage({ url: 'https://shop.example.com/items/42?q=1' }, { intent: 'Fetch the page of item 42.' })).toContain('a page');
    await agent.flush();
    const [span] = collector.spans;
    expect(span?.name).toBe('execute_tool fetch_page');
    expect(span?.kind).toBe(1);
    expect(span?.resource).toMatchObject({ 'service.name': 'billing', 'deployment.environment.name': 'test' });
    expect(span?.attributes).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.agent.id': 'agent-1',
      'gen_ai.agent.name': 'billing',
      'gen_ai.agent.version': '1.4.0',
      'gen_ai.tool.name': 'fetch_page',
      'belay.run.id': agent.runId,
      'belay.decision.seq': 1,
      'belay.effect': 'read',
      'belay.intent': 'Fetch the page of item 42.',
      'belay.call.digest': callDigest('fetch_page', { url: 'https://shop.example.com/items/42?q=1' }),
      'belay.policy.verdict': 'allow',
      'belay.policy.action': 'executed',
      'belay.outcome.status': 'ok',
      'belay.outcome.empty': false,
      'belay.control.state': 'running',
      'belay.control.unprotected': true,
    });
    expect(span?.attributes['belay.call.destinations']).toContain('https://shop.example.com/items/{id}');
    expect(JSON.stringify(span)).not.toContain('q=1');
  });

  it('say once that nothing can stop the agent', async () => {
    const { agent, warnings } = await recordedAgent();
    expect(agent.isProtected).toBe(false);
    expect(agent.unprotectedReason).toContain('BELAY_TOKEN');
    const said = warnings.filter((line) => line.includes('unprotected'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('no token is set (BELAY_TOKEN). The collector takes nothing from it, and nothing can stop it.');
    expect(said[0]).not.toContain('recorded');
  });
});

describe('everything an author can say', () => {
  it('is on the span', async () => {
    const { agent, collector } = await recordedAgent();
    const refund = agent.tool({
      name: 'issue_refund',
      effect: (input: { amountUsd: number }) => (input.amountUsd > 0 ? 'write' : 'read'),
      tier: 3,
      reversible: false,
      sensitivity: 'confidential',
      maxImpact: ({ amountUsd }) => ({ usd: amountUsd }),
      confidence: 0.8,
      input: z.object({ orderId: z.string(), amountUsd: z.number() }),
      destination: () => ['https://payments.example.com/refunds/{id}'],
      cost: () => usd(0.002),
      actualCost: () => usd(0.003),
      expect: (input, result) => (result.refunded === input.amountUsd ? undefined : 'refunded another amount'),
      summary: (_input, result) => `${result.refunded} USD refunded`,
      affected: () => 1,
      poll: true,
      run: () => ({ refunded: 7, see: 'https://payments.example.com/refunds/9931' }),
    });
    await refund(
      { orderId: '1234', amountUsd: 20 },
      { intent: 'Refund order 1234', callId: 'call_1', reasoningSpanId: '00f067aa0ba902b7', plan: { id: 'p', step: 2, steps: 3 } },
    );
    await agent.flush();
    expect(collector.named('execute_tool')[0]?.attributes).toMatchObject({
      'belay.effect': 'write',
      'belay.tier': 3,
      'belay.call.reversible': false,
      'belay.call.sensitivity': 'confidential',
      'belay.call.max_impact': '{"usd":20}',
      'belay.call.confidence': 0.8,
      'belay.call.poll': true,
      'belay.call.destinations': ['https://payments.example.com/refunds/{id}'],
      'belay.cost.estimated_nano_usd': 2_000_000,
      'belay.cost.nano_usd': 3_000_000,
      'belay.outcome.summary': '7 USD refunded',
      'belay.outcome.affected': 1,
      'gen_ai.tool.call.id': 'call_1',
      'belay.reasoning.span_id': '00f067aa0ba902b7',
      'belay.plan.id': 'p',
      'belay.plan.step': 2,
      'belay.plan.steps': 3,
    });
    expect(collector.named('execute_tool')[0]?.attributes['belay.divergence.score']).toBeGreaterThan(0);
    expect(collector.named('execute_tool')[0]?.attributes['belay.outcome.mentions']).toContain('https://payments.example.com/refunds/{id}');
  });

  it('may fail: a hook that throws never breaks the action it describes', async () => {
    const { agent, collector } = await recordedAgent({ failMode: { unrecorded: 'allow' } });
    const boom = (): never => {
      throw new Error('hook');
    };
    const tool = agent.tool({
      name: 'odd',
      effect: boom,
      maxImpact: boom,
      destination: boom,
      cost: boom,
      actualCost: boom,
      expect: boom,
      summary: boom,
      affected: boom,
      run: () => 'fine',
    });
    expect(await tool({})).toBe('fine');
    await agent.flush();
    expect(collector.named('execute_tool')[0]?.attributes).toMatchObject({ 'belay.effect': 'destructive', 'belay.outcome.status': 'ok' });
  });
});

describe('seq', () => {
  it('has no gaps, whatever is refused, fails or runs at once', async () => {
    const { agent, collector } = await recordedAgent({ policy: { decide: ({ tool }) => (tool === 'no' ? 'deny' : undefined) } });
    const yes = agent.tool({ name: 'yes', effect: 'read', run: async () => 'ok' });
    const no = agent.tool({ name: 'no', effect: 'read', run: () => 'never' });
    const bad = agent.tool({ name: 'bad', effect: 'write', run: () => Promise.reject(new Error('x')) });
    await Promise.allSettled([yes({}), no({}), bad({}), agent.call('made_up', {}), yes({ a: 1 }), no({})]);
    await agent.flush();
    const seqs = collector.named('execute_tool').map((span) => span.attributes['belay.decision.seq']);
    expect(seqs.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('one process', () => {
  it('may make many agents without piling up listeners', async () => {
    const before = process.listenerCount('beforeExit');
    const agents = await Promise.all(Array.from({ length: 20 }, (_, i) => recordedAgent({ id: `agent-${i}` })));
    expect(process.listenerCount('beforeExit') - before).toBeLessThanOrEqual(1);
    await Promise.all(agents.map(({ agent }) => agent.shutdown()));
    expect(process.listenerCount('beforeExit')).toBe(before);
  });

  it('refuses what comes after shutdown, and has recorded the end of the run', async () => {
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    await agent.shutdown();
    await expect(read({})).rejects.toMatchObject({ rule: 'run_ended' });
    expect(agent.state).toBe('ended');
    expect(collector.spans.map((span) => span.attributes['gen_ai.operation.name'])).toContain('end_run');
  });
});
