import type { AgentBinding } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { HASH_KEY } from '../testing/collector.for-test.ts';
import { type Attributes, request, span, spanIdOf, toolSpan } from '../testing/otlp-spans.for-test.ts';
import { createSpanMapper, type MappedRequest } from './span-mapper.ts';

const mapper = createSpanMapper({ hashKey: HASH_KEY });
const context = { tenant: 'acme', receivedUs: 1 };
const TOOL = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'x' };
const map = (attributes: Attributes, resource: Attributes, binding: AgentBinding = {}): MappedRequest =>
  mapper.mapOtlpJson(request([span({ ...TOOL, ...attributes })], resource), { ...context, ...binding });

describe('the agent of a span', () => {
  it.each([
    [
      { 'gen_ai.agent.id': 'a', 'gen_ai.agent.name': 'n', 'gen_ai.agent.version': '2' },
      { 'service.name': 's' },
      { id: 'a', name: 'n', version: '2' },
    ],
    [{ 'gen_ai.agent.name': 'n' }, { 'service.name': 's' }, { id: 'n', name: 'n' }],
    [{}, { 'service.name': 's' }, { id: 's' }],
    [{}, { 'gen_ai.agent.id': 'r', 'service.name': 's' }, { id: 'r' }],
    [{ 'gen_ai.agent.id': 42 }, {}, { id: '42' }],
  ])('of %j on %j is %j', (attributes, resource, agent) => {
    expect(map(attributes as unknown as Attributes, resource as unknown as Attributes).events[0]?.agent).toEqual(agent);
  });

  it('is required', () => {
    expect(map({}, {}).rejected).toEqual([{ reason: 'no_agent_id' }]);
    expect(map({ 'gen_ai.agent.id': '' }, {}).rejected).toEqual([{ reason: 'no_agent_id' }]);
  });

  it.each(['x'.repeat(257), 'a\nb', 'ä'.repeat(129)])('is never cut or mended: %j is refused', (id) => {
    expect(map({ 'gen_ai.agent.id': id }, { 'service.name': 's' }).rejected).toEqual([{ reason: 'bad_agent_id' }]);
  });

  it('must match the pattern of the token', () => {
    expect(map({ 'gen_ai.agent.id': 'billing-7' }, {}, { agents: 'billing*' }).events).toHaveLength(1);
    const { rejected } = map({ 'gen_ai.agent.id': 'ops-1' }, {}, { agents: 'billing*' });
    expect(rejected).toEqual([{ reason: 'agent_not_allowed', agentId: 'ops-1' }]);
  });

  const BOUND = { agents: '*', agentNames: 'billing', environments: 'prod*' };
  const SAID = { 'gen_ai.agent.id': 'a', 'gen_ai.agent.name': 'billing' };

  it.each([
    [{ ...SAID, 'gen_ai.agent.name': 'trusted' }, 'prod', 'name_not_allowed'],
    [{ 'gen_ai.agent.id': 'a' }, 'prod', 'name_not_allowed'],
    [SAID, 'test', 'environment_not_allowed'],
    [SAID, undefined, 'environment_not_allowed'],
  ])('that says %j in %s is none that the token is bound to: %s', (attributes, environment, reason) => {
    const resource = environment === undefined ? {} : { 'deployment.environment.name': environment };
    expect(map(attributes as Attributes, resource as Attributes, BOUND)).toMatchObject({
      events: [],
      rejected: [{ reason, agentId: 'a' }],
    });
  });

  it('may say what the token is bound to', () => {
    expect(map(SAID, { 'deployment.environment.name': 'prod-eu' }, BOUND).events).toHaveLength(1);
  });

  it('of a hand-over by another library is the caller; the agent named is where the call goes', () => {
    const handOver = span(
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'callee' },
      { kind: 3, name: 'invoke_agent callee' },
    );
    const [event] = mapper.mapOtlpJson(request([handOver], { 'service.name': 'caller' }), context).events;
    expect(event).toMatchObject({ agent: { id: 'caller' }, kind: 'agent', call: { name: 'callee', destinations: ['agent:callee'] } });
  });

  it('of a hand-over of ours is the agent named; the callee is in the span name', () => {
    const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.id': 'caller', 'belay.run.id': 'r' };
    const [event] = mapper.mapOtlpJson(request([span(attributes, { kind: 3, name: 'invoke_agent callee' })]), context).events;
    expect(event).toMatchObject({ agent: { id: 'caller' }, kind: 'agent', call: { name: 'callee' } });
  });

  it('never comes with a tenant out of the payload', () => {
    expect(map({ 'gen_ai.agent.id': 'a', 'belay.tenant.id': 'other' }, { tenant: 'other' }).events[0]?.tenant).toBe('acme');
  });
});

describe('ids of a span', () => {
  it.each([
    [{ traceId: '' }, 'bad_trace_id'],
    [{ traceId: '0'.repeat(32) }, 'bad_trace_id'],
    [{ spanId: 'abc' }, 'bad_span_id'],
    [{ spanId: '0'.repeat(16) }, 'bad_span_id'],
  ])('%j is refused: %s', (overrides, reason) => {
    expect(mapper.mapOtlpJson(request([toolSpan({}, overrides)]), context).rejected).toEqual([{ reason }]);
  });

  it('of the parent may be absent or broken', () => {
    const [event] = mapper.mapOtlpJson(request([toolSpan({}, { parentSpanId: 'zz' })]), context).events;
    expect(event?.trace).not.toHaveProperty('parentSpanId');
    expect(mapper.mapOtlpJson(request([toolSpan({}, { parentSpanId: spanIdOf(3) })]), context).events[0]?.trace.parentSpanId).toBe(
      spanIdOf(3),
    );
  });
});

it('where the agent stands in its work is read from the span, the run and the environment also from its resource', () => {
  const attributes = {
    'gen_ai.conversation.id': 'c',
    'belay.session.root': 'root',
    'belay.session.turn': 3,
    'belay.decision.seq': '7',
    'belay.task.id': 't',
    'belay.task.name': 'close',
    'belay.plan.id': 'p',
    'belay.plan.step': 1,
    'belay.plan.steps': 4,
  };
  const [event] = map({ 'gen_ai.agent.id': 'a', ...attributes }, { 'belay.run.id': 'r', 'deployment.environment': 'prod' }).events;
  const expected = {
    sessionId: 'c',
    rootSessionId: 'root',
    turn: 3,
    seq: 7,
    taskId: 't',
    taskName: 'close',
    runId: 'r',
    environment: 'prod',
  };
  expect(event).toMatchObject({ ...expected, plan: { id: 'p', step: 1, steps: 4 } });
});
