import { context, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordedAgent } from '../testing/agent-for-tests.test-support.ts';

describe('scopes', () => {
  it('put session, turn, task and plan on every call inside, with no extra argument', async () => {
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    await agent.session({ id: 'chat-1' }, async (session) => {
      await read({ before: true });
      session.turn();
      await session.task({ name: 'look', id: 't-1', plan: { id: 'p', step: 1 } }, () => read({}));
    });
    await agent.flush();
    const [first, second] = collector.named('execute_tool').map((span) => span.attributes);
    expect(first?.['belay.session.turn']).toBeUndefined();
    expect(second).toMatchObject({
      'gen_ai.conversation.id': 'chat-1',
      'belay.session.root': 'chat-1',
      'belay.session.turn': 1,
      'belay.task.id': 't-1',
      'belay.task.name': 'look',
      'belay.plan.id': 'p',
      'belay.plan.step': 1,
    });
  });

  it('end with markers: status, totals, one trace', async () => {
    const { agent, collector } = await recordedAgent({
      name: 'billing',
      policy: { decide: ({ tool }) => (tool === 'no' ? 'deny' : undefined) },
    });
    const read = agent.tool({ name: 'read', effect: 'read', cost: () => 5_000_000, run: () => 1 });
    const no = agent.tool({ name: 'no', effect: 'read', run: () => 1 });
    const work = agent.session({ id: 's' }, (session) =>
      session.task({ name: 'work' }, async () => {
        await read({});
        await no({});
      }),
    );
    await expect(work).rejects.toThrow('no was not run');
    await agent.flush();
    const [task] = collector.named('invoke_workflow');
    const [session] = collector.named('invoke_agent');
    expect(task?.name).toBe('invoke_workflow work');
    expect(task?.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_workflow',
      'belay.outcome.status': 'blocked',
      'belay.outcome.summary': '2 decisions, 1 refused, 0 failed, 0.005000 USD',
    });
    expect(session).toMatchObject({ name: 'invoke_agent billing', kind: 1 });
    expect(new Set(collector.spans.map((span) => span.traceId)).size).toBe(1);
    expect(collector.named('execute_tool')[0]?.parentSpanId).toBe(task?.spanId);
    expect(task?.parentSpanId).toBe(session?.spanId);
  });

  it('never invent a conversation id', async () => {
    const { agent, collector } = await recordedAgent();
    await agent.session({}, () => agent.tool({ name: 'read', effect: 'read', run: () => 1 })({}));
    await agent.flush();
    expect(collector.spans.every((span) => span.attributes['gen_ai.conversation.id'] === undefined)).toBe(true);
  });

  it('kept open record no end and go on counting turns', async () => {
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    for (let message = 0; message < 2; message += 1) {
      await agent.session({ id: 'chat', keepOpen: true }, async (session) => {
        session.turn();
        await read({});
      });
    }
    await agent.flush();
    expect(collector.named('invoke_agent')).toEqual([]);
    expect(collector.named('execute_tool').map((span) => span.attributes['belay.session.turn'])).toEqual([1, 2]);
  });

  it('of concurrent requests do not mix', async () => {
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: ({ id }: { id: string }) => Promise.resolve(id) });
    await Promise.all(['a', 'b', 'c'].map((id) => agent.session({ id }, () => read({ id }, { callId: id }))));
    await agent.flush();
    for (const { attributes } of collector.named('execute_tool'))
      expect(attributes['gen_ai.conversation.id']).toBe(attributes['gen_ai.tool.call.id']);
  });
});

describe('models', () => {
  it('record usage, cost and output, and tools that follow point back at the call', async () => {
    const { agent, collector } = await recordedAgent({ content: 'redacted' });
    const ask = agent.model({
      name: 'gpt-5',
      provider: 'openai',
      actualCost: () => 42,
      usage: (answer) => answer.usage,
      responseModel: () => 'gpt-5-2026',
      output: (answer) => answer.text,
      condensed: () => true,
      run: async (_prompt: string) => ({
        text: 'use the key sk-live-abcdefghijklmnopqrstuvwx0123456789 wisely',
        usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, reasoningTokens: 2 },
      }),
    });
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    await agent.session({ id: 's' }, async () => {
      await ask('hi');
      await read({});
    });
    await agent.flush();
    const [chat] = collector.named('chat');
    expect(chat).toMatchObject({ name: 'chat gpt-5', kind: 3 });
    expect(chat?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.response.model': 'gpt-5-2026',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 2,
      'belay.cost.nano_usd': 42,
      'belay.context.condensed': true,
    });
    expect(chat?.attributes['gen_ai.output.messages']).toContain('wisely');
    expect(chat?.attributes['gen_ai.output.messages']).not.toContain('sk-live-abcdefgh');
    expect(collector.named('execute_tool')[0]?.attributes['belay.reasoning.span_id']).toBe(chat?.spanId);
  });
});

describe('hand-over', () => {
  it('is a decision about another agent, and carries the root session in baggage', async () => {
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    onTestFinished(() => context.disable());
    const { agent, collector } = await recordedAgent();
    const delegate = agent.handover({
      agent: 'researcher',
      run: async () => propagation.getActiveBaggage()?.getEntry('belay.session.root')?.value,
    });
    expect(await agent.session({ id: 's', rootId: 'root-7' }, () => delegate({ topic: 'x' }))).toBe('root-7');
    await agent.flush();
    const [span] = collector.spans.filter((each) => each.name === 'invoke_agent researcher');
    expect(span).toMatchObject({ kind: 3 });
    expect(span?.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.tool.name': 'researcher',
      'belay.call.destinations': ['agent:researcher'],
    });
  });

  it('that asks the same again on purpose says so', async () => {
    const { agent, collector } = await recordedAgent();
    const ask = agent.handover({ agent: 'worker', effect: 'read', poll: true, run: () => 'at it' });
    await ask({ text: 'How far are you?' });
    await agent.flush();
    expect(collector.spans.find(({ name }) => name === 'invoke_agent worker')?.attributes['belay.call.poll']).toBe(true);
  });
});
