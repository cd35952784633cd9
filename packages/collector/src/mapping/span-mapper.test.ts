import { callDigest, type DecisionEvent, resultDigest, textDigest } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { HASH_KEY } from '../testing/collector.for-test.ts';
import { type Attributes, request, type SpanOverrides, span, spanIdOf, toolSpan } from '../testing/otlp-spans.for-test.ts';
import { createSpanMapper, type MappedRequest } from './span-mapper.ts';

const mapper = createSpanMapper({ hashKey: HASH_KEY });
const context = { tenant: 'acme', receivedUs: 1_767_600_009_000_000 };
const map = (spans: readonly unknown[], resource?: Attributes): MappedRequest => mapper.mapOtlpJson(request(spans, resource), context);

function event(attributes: Attributes, overrides: SpanOverrides = {}): DecisionEvent {
  const { events, rejected } = map([toolSpan(attributes, overrides)]);
  if (events[0] === undefined) throw new Error(`no event: ${JSON.stringify(rejected)}`);
  return events[0];
}

const CLIENT = 3;
const SERVER = 2;

describe('the mapping', () => {
  it.each([
    ['execute_tool x', 1, { 'gen_ai.operation.name': 'execute_tool' }, 'tool', 'gen_ai'],
    ['execute_tool x', 1, { 'gen_ai.operation.name': 'execute_tool', 'belay.run.id': 'r' }, 'tool', 'belay'],
    ['propose x', 1, { 'gen_ai.operation.name': 'execute_tool', 'belay.run.id': 'r' }, 'proposal', 'belay'],
    ['propose x', 1, { 'gen_ai.operation.name': 'invoke_agent', 'belay.run.id': 'r' }, 'proposal', 'belay'],
    ['chat m', CLIENT, { 'gen_ai.operation.name': 'chat' }, 'model', 'gen_ai'],
    ['text_completion m', CLIENT, { 'gen_ai.operation.name': 'text_completion' }, 'model', 'gen_ai'],
    ['generate_content m', CLIENT, { 'gen_ai.operation.name': 'generate_content' }, 'model', 'gen_ai'],
    ['invoke_agent b', CLIENT, { 'gen_ai.operation.name': 'invoke_agent' }, 'agent', 'gen_ai'],
    ['invoke_agent b', 1, { 'gen_ai.operation.name': 'invoke_agent' }, 'session_end', 'gen_ai'],
    ['invoke_workflow w', 1, { 'gen_ai.operation.name': 'invoke_workflow' }, 'task_end', 'gen_ai'],
    ['end_run', 1, { 'gen_ai.operation.name': 'end_run', 'belay.run.id': 'r' }, 'run_end', 'belay'],
    ['tools/call x', CLIENT, { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'x' }, 'tool', 'gen_ai'],
    ['tool', 1, { 'openinference.span.kind': 'TOOL', 'tool.name': 'x' }, 'tool', 'openinference'],
    ['llm', 1, { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm' }, 'model', 'openinference'],
    ['t.tool', 1, { 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'x' }, 'tool', 'traceloop'],
    ['openai.chat', CLIENT, { 'llm.request.type': 'chat' }, 'model', 'traceloop'],
    ['ai.toolCall', 1, { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'x' }, 'tool', 'vercel_ai'],
    ['ai.x', 1, { 'ai.operationId': 'ai.streamText.doStream' }, 'model', 'vercel_ai'],
  ])('takes %s (kind %i, %j) for a %s by %s', (name, kind, attributes, expectedKind, source) => {
    const [only] = map([span(attributes as unknown as Attributes, { name, kind })]).events;
    expect(only).toMatchObject({ kind: expectedKind, source });
    if (only?.kind === 'tool' || only?.kind === 'proposal') expect(only.call?.name).toBe('x');
  });

  it.each([
    ['an HTTP client span', CLIENT, { 'http.request.method': 'GET' }],
    ['an embedding', CLIENT, { 'gen_ai.operation.name': 'embeddings' }],
    ['the server side of an MCP call', SERVER, { 'mcp.method.name': 'tools/call' }],
    ['the server side of a tool', SERVER, { 'gen_ai.operation.name': 'execute_tool' }],
    ['another MCP method', CLIENT, { 'mcp.method.name': 'tools/list' }],
    ['the outer span of the AI SDK', 1, { 'ai.operationId': 'ai.generateText' }],
  ])('skips %s', (_, kind, attributes) => {
    expect(map([span(attributes as unknown as Attributes, { kind })])).toEqual({ events: [], skipped: 1, rejected: [] });
  });

  it('counts a call over MCP once when its tool span is in the same request', () => {
    const outer = toolSpan({}, { spanId: spanIdOf(1) });
    const inner = toolSpan({ 'mcp.method.name': 'tools/call' }, { spanId: spanIdOf(2), parentSpanId: spanIdOf(1), kind: CLIENT });
    const alone = toolSpan({ 'mcp.method.name': 'tools/call' }, { spanId: spanIdOf(3), parentSpanId: spanIdOf(9), kind: CLIENT });
    const { events, skipped } = map([inner, outer, alone]);
    expect(events.map(({ trace }) => trace.spanId)).toEqual([spanIdOf(1), spanIdOf(3)]);
    expect(skipped).toBe(1);
  });

  it('computes what a foreign span lacks', () => {
    const args = { to: 'ann@example.com', password: 'hunter2hunter2' };
    const { call, outcome } = event({
      'gen_ai.tool.name': 'send_mail',
      'gen_ai.tool.call.arguments': JSON.stringify(args),
      'gen_ai.tool.call.result': '{"ok":true,"seen":"https://shop.example/orders/17"}',
    });
    expect(call).toMatchObject({
      effect: 'write',
      digest: callDigest('send_mail', args),
      destinations: ['mailto:example.com', 'mailto:ann@example.com'],
    });
    expect(call?.features?.map(({ role }) => role)).toEqual(['to', 'password']);
    expect(call?.sketch).toMatch(/^[0-9a-f]{16}$/);
    expect(call?.argumentsPreview).toContain('ann@example.com');
    expect(call?.argumentsPreview).not.toContain('hunter2');
    expect(outcome).toMatchObject({
      status: 'ok',
      empty: false,
      resultDigest: resultDigest({ ok: true, seen: 'https://shop.example/orders/17' }),
    });
    expect(outcome?.mentions).toContain('https://shop.example/orders/{id}');
  });

  it('gives structured arguments the digest of the same arguments as text', () => {
    const structured = event({ 'gen_ai.tool.call.arguments': { q: 'a', n: 3, deep: { list: ['x'] } } });
    const text = event({ 'gen_ai.tool.call.arguments': '{"deep":{"list":["x"]},"n":3,"q":"a"}' });
    expect(structured.call?.digest).toBe(text.call?.digest);
  });

  it('has no digest when the arguments are unknown', () => {
    expect(event({}).call).toEqual({ name: 'search', effect: 'read', destinations: [] });
  });

  it('prefers what the agent worked out on the full values over what cut ones would give', () => {
    const given = {
      'belay.call.digest': 'sha256:aa',
      'belay.call.destinations': ['db:select:orders'],
      'belay.call.sketch': '0123456789abcdef',
      'belay.call.features': JSON.stringify([{ role: 'q', kind: 'text', length: 9 }]),
      'belay.effect': 'destructive',
      'belay.outcome.result_digest': 'sha256:bb',
      'belay.outcome.empty': false,
      'belay.outcome.result_bytes': 99_999,
      'belay.outcome.mentions': ['repo:a/b'],
      'gen_ai.tool.call.arguments': '{"q":"cut…"}',
      'gen_ai.tool.call.result': '',
    };
    const { call, outcome } = event(given);
    expect(call).toMatchObject({
      digest: 'sha256:aa',
      destinations: ['db:select:orders'],
      sketch: '0123456789abcdef',
      effect: 'destructive',
    });
    expect(call?.features).toEqual([{ role: 'q', kind: 'text', length: 9 }]);
    expect(outcome).toMatchObject({ resultDigest: 'sha256:bb', empty: false, resultBytes: 99_999, mentions: ['repo:a/b'] });
  });

  it('reads an error: class by its type and message, text as the result to compare', () => {
    const { outcome } = event({ 'error.type': 'ECONNRESET' }, { status: { code: 2, message: 'socket hang up' } });
    expect(outcome).toMatchObject({
      status: 'error',
      errorType: 'ECONNRESET',
      errorClass: 'transient',
      resultDigest: textDigest('socket hang up'),
    });
  });

  it.each([
    ['TimeoutError', 'timeout'],
    ['DEADLINE_EXCEEDED', 'timeout'],
    ['AbortError', 'cancelled'],
    ['500', 'error'],
  ])('calls the error type %s a %s', (type, status) => {
    expect(event({ 'error.type': type }).outcome?.status).toBe(status);
  });

  it('takes type and message of a recorded exception', () => {
    const events = [{ name: 'exception', attributes: [{ key: 'exception.type', value: { stringValue: 'PermissionError' } }] }];
    expect(event({}, { status: { code: 2 }, events }).outcome).toMatchObject({ errorType: 'PermissionError', errorClass: 'permission' });
  });

  it('reads the facts that the author of a tool gives', () => {
    const facts = {
      'belay.tier': 3,
      'belay.call.reversible': false,
      'belay.call.sensitivity': 'restricted',
      'belay.call.max_impact': '{"rows":10,"usd":2.5,"other":1}',
      'belay.call.confidence': 0.5,
      'belay.call.attempt': 2,
      'belay.call.retry_of': 'b7ad6b7169203331',
      'belay.call.poll': true,
    };
    expect(event(facts).call).toMatchObject({
      ...{ tier: 3, reversible: false, sensitivity: 'restricted', confidence: 0.5, attempt: 2, retryOf: 'b7ad6b7169203331', poll: true },
      maxImpact: { rows: 10, usd: 2.5 },
    });
  });

  it('reads approval, divergence, budget and control state', () => {
    const attributes = {
      ...{
        'belay.approval.ticket_id': 't1',
        'belay.approval.status': 'approved',
        'belay.approval.wait_ms': 9,
        'belay.approval.approvers': ['ann'],
      },
      ...{ 'belay.divergence.score': 0.4, 'belay.divergence.reasons': ['intent.verb'], 'belay.control.state': 'paused' },
      ...{ 'belay.budget.id': 'b1', 'belay.budget.remaining_nano_usd': -5, 'belay.outcome.summary': 'sent', 'belay.outcome.affected': 3 },
    };
    expect(event(attributes)).toMatchObject({
      approval: { ticketId: 't1', status: 'approved', waitMs: 9, approvers: ['ann'] },
      divergence: { score: 0.4, reasons: ['intent.verb'] },
      control: { state: 'paused' },
      budget: { id: 'b1', remainingNanoUsd: -5 },
      outcome: { summary: 'sent', affected: 3 },
    });
  });

  it('calls a refused call blocked', () => {
    const { policy, outcome } = event({ 'belay.policy.verdict': 'deny', 'belay.policy.action': 'blocked', 'belay.policy.rule_id': 'r1' });
    expect(policy).toEqual({ verdict: 'deny', action: 'blocked', ruleId: 'r1' });
    expect(outcome?.status).toBe('blocked');
  });

  it('makes equal model answers equal, although their ids differ', () => {
    const answer = (id: string): Attributes => ({
      'gen_ai.operation.name': 'chat',
      'gen_ai.output.messages': JSON.stringify([
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: 'Done.' },
            { type: 'tool_call', id, name: 'ls', arguments: { a: 1 } },
          ],
          finish_reason: 'stop',
        },
      ]),
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.response.model': 'm-1',
    });
    const [first, second] = [event(answer('call_1')), event(answer('call_2'))];
    expect(first.outcome?.resultDigest).toBe(second.outcome?.resultDigest);
    expect(first.outcome?.resultPreview).toBe('Done.\n[call "ls" {"a":1}]');
    expect(first).toMatchObject({ model: { response: 'm-1' }, usage: { inputTokens: 12 } });
    expect(first.call).toBeUndefined();
  });

  it('says nothing of a model output that is unknown', () => {
    expect(event({ 'gen_ai.operation.name': 'chat' }).outcome).toEqual({ status: 'ok' });
  });

  it('takes a cost as given and works none out', () => {
    expect(event({ 'belay.cost.nano_usd': 4_956_000 }).costNanoUsd).toBe(4_956_000);
    expect(
      event({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 1e6, 'gen_ai.request.model': 'm' }).costNanoUsd,
    ).toBeUndefined();
  });

  it('does not count the tokens of a foreign session span, which repeats those of its model calls', () => {
    const session = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 500 };
    expect(event(session).usage).toBeUndefined();
  });

  it.each(['off', 'full'] as const)('keeps previews as told: %s', (previews) => {
    const { events } = createSpanMapper({ hashKey: HASH_KEY, previews }).mapOtlpJson(
      request([toolSpan({ 'gen_ai.tool.call.arguments': '{"password":"hunter2hunter2"}', 'gen_ai.tool.call.result': 'fine' })]),
      context,
    );
    const expected = previews === 'off' ? undefined : '{"password":"hunter2hunter2"}';
    expect(events[0]?.call?.argumentsPreview).toBe(expected);
    expect(events[0]?.call?.digest).toBe(callDigest('search', { password: 'hunter2hunter2' }));
  });

  it('keeps impossible times instead of refusing the span', () => {
    expect(event({}, { startTimeUnixNano: '0', endTimeUnixNano: '0' })).toMatchObject({ startUs: 0, durationUs: 0 });
    expect(event({}, { startTimeUnixNano: '5000', endTimeUnixNano: '1000' })).toMatchObject({ startUs: 5, durationUs: 0 });
    expect(event({}, { startTimeUnixNano: '18446744073709551615' })).toMatchObject({ startUs: 8.64e15, durationUs: 0 });
  });
});
