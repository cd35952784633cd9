import { type Clock, systemClock } from '@belay/protocol';
import { SpanKind } from '@opentelemetry/api';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Agent, createAgent } from '../index.ts';
import { recordedAgent } from '../testing/agent-for-tests.test-support.ts';
import { eventually } from '../testing/eventually.test-support.ts';
import { ExportQueue } from './export-queue.ts';
import type { SendOutcome, SpanSender } from './otlp-sender.ts';
import { SpanRecorder } from './span-recorder.ts';

const ACCEPTED: SendOutcome = { kind: 'accepted', rejectedSpans: 0, reason: undefined, understood: true };
const LATER: SendOutcome = { kind: 'retry', afterMs: undefined, reason: 'away' };
/** No time runs out on it. */
const STILL: Clock = { nowUs: () => 0, monotonicUs: () => 0 };

function queueWith(
  answer: (names: readonly string[]) => SendOutcome,
  limits: { maxQueuedSpans?: number; maxQueuedBytes?: number; exitFlushMs?: number; clock?: Clock } = {},
) {
  const sent: string[][] = [];
  const sender: SpanSender = {
    send: (spans) => {
      const names = spans.map((span) => span.name);
      sent.push(names);
      return Promise.resolve(answer(names));
    },
  };
  const warnings: string[] = [];
  const logger = { warn: (message: string) => warnings.push(message) };
  const queue = new ExportQueue({
    sender,
    clock: STILL,
    random: { next: () => 0.5 },
    logger,
    exportDelayMs: 10,
    maxQueuedSpans: 100,
    maxQueuedBytes: 1e9,
    exitFlushMs: 10_000,
    ...limits,
  });
  const recorder = new SpanRecorder({ queue, sender, resource: {} });
  const record = (name: string): void => recorder.end(recorder.start(name, SpanKind.INTERNAL, {}, undefined));
  return { queue, sent, record, warnings };
}

describe('the export queue', () => {
  it('keeps what cannot be sent, in order, and sends it when the collector is back', async () => {
    let back = false;
    const { queue, sent, record } = queueWith(() => (back ? ACCEPTED : LATER));
    record('a');
    await queue.forceFlush();
    record('b');
    back = true;
    await queue.forceFlush();
    expect(sent).toEqual([['a'], ['a', 'b']]);
    expect(queue.queuedSpans).toBe(0);
  });

  it('ends only when the collector has everything, also when it could not take it at first', async () => {
    const answers = [LATER, { ...LATER, afterMs: 60_000 }];
    const { queue, sent, record, warnings } = queueWith(() => answers.shift() ?? ACCEPTED);
    record('a');
    record('b');
    await queue.shutdown();
    expect(sent).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect([queue.queuedSpans, queue.droppedSpans, warnings]).toEqual([0, 0, []]);
  });

  it('counts and says what it could not deliver before the end', async () => {
    const { queue, record, warnings } = queueWith(() => LATER, { exitFlushMs: 100, clock: systemClock });
    record('a');
    record('b');
    await queue.shutdown();
    expect(queue.droppedSpans).toBe(2);
    expect(warnings.at(-1)).toBe('2 span(s) were not delivered before the end (away) and are lost.');
  });

  it('says why spans were refused, in one sentence after the other', async () => {
    const reason = '1 spans rejected: bad_agent_id 1. Do not resend them.';
    const { queue, record, warnings } = queueWith(() => ({ ...ACCEPTED, rejectedSpans: 1, reason }) as SendOutcome);
    record('a');
    await queue.forceFlush();
    expect(warnings).toEqual([`1 span(s) were refused by the collector: ${reason} They are counted as dropped.`]);
  });

  it('says of a token that the collector does not take what is wrong with it', async () => {
    const { agent, collector, warnings } = await recordedAgent();
    collector.answer = (response) => {
      response.writeHead(401).end();
      return 'answered';
    };
    await agent.tool({ name: 'read', effect: 'read', run: () => 1 })({});
    await agent.flush();
    expect(warnings.at(-1)).toContain('answered 401 (no token, or one that is expired, revoked');
    expect(agent.droppedSpans).toBe(1);
  });

  it('is bounded by number: the oldest gives way and is counted', async () => {
    const { queue, sent, record } = queueWith(() => ACCEPTED, { maxQueuedSpans: 3 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) record(name);
    expect(queue.droppedSpans).toBe(2);
    await queue.forceFlush();
    expect(sent).toEqual([['c', 'd', 'e']]);
  });

  it('is bounded by bytes', () => {
    const { queue, record } = queueWith(() => ACCEPTED, { maxQueuedBytes: 4000 });
    for (const name of ['a', 'b', 'c', 'd']) record(name);
    expect(queue.queuedSpans).toBe(2);
    expect(queue.droppedSpans).toBe(2);
  });

  it('halves a batch that is too large, and drops a span that is too large alone', async () => {
    const { queue, sent, record, warnings } = queueWith((names) =>
      names.length > 1 || names[0] === 'big' ? { kind: 'too_large' } : ACCEPTED,
    );
    for (const name of ['a', 'big', 'c']) record(name);
    await queue.forceFlush();
    expect(
      sent
        .filter((names) => names.length === 1)
        .flat()
        .sort(),
    ).toEqual(['a', 'big', 'c']);
    expect(queue.droppedSpans).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it('counts what the collector refuses, and does not send it again', async () => {
    const { queue, sent, record } = queueWith(() => ({ ...ACCEPTED, rejectedSpans: 1, reason: 'bad_trace_id' }));
    record('a');
    record('b');
    await queue.forceFlush();
    await queue.forceFlush();
    expect(sent).toHaveLength(1);
    expect(queue.droppedSpans).toBe(1);
  });
});

describe('the time of an export', () => {
  /** An agent on a clock of the test's own; `sent` are the spans of each export. */
  function agentInSlowMotion() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const sent: string[][] = [];
    const send: SpanSender['send'] = async (spans) => {
      sent.push(spans.map((span) => span.name));
      return ACCEPTED;
    };
    const agent = createAgent({ id: 'agent-1', exportDelayMs: 2_000, logger: { warn: () => undefined } }, { sender: { send } });
    return { agent, sent };
  }

  it('of a read comes when the delay has passed since its end', async () => {
    const { agent, sent } = agentInSlowMotion();
    await agent.tool({ name: 'read', effect: 'read', run: () => 1 })({});
    await vi.advanceTimersByTimeAsync(1_999);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([['execute_tool read']]);
  });

  it.each<[string, (agent: Agent) => Promise<unknown>, string[]]>([
    ['a write', (agent) => agent.tool({ name: 'write', effect: 'write', run: () => 1 })({}), ['propose write', 'execute_tool write']],
    [
      'an error',
      (agent) => agent.tool({ name: 'bad', effect: 'read', run: () => Promise.reject(new Error('x')) })({}),
      ['execute_tool bad'],
    ],
    ['a refusal', (agent) => agent.call('made_up', {}), ['execute_tool made_up']],
  ])('of %s comes at once', async (_what, act, names) => {
    const { agent, sent } = agentInSlowMotion();
    await act(agent).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.flat()).toEqual(names);
  });
});

describe('export over the wire', () => {
  it('honours Retry-After, and loses nothing', async () => {
    const { agent, collector } = await recordedAgent();
    const refusedAt: number[] = [];
    collector.answer = (response) => {
      if (refusedAt.length >= 1) return 'accept';
      refusedAt.push(performance.now());
      response.writeHead(503, { 'retry-after': '1' }).end();
      return 'answered';
    };
    await agent.tool({ name: 'write', effect: 'write', run: () => 1 })({});
    await eventually(() => collector.named('execute_tool').length === 1, 'the decision arrived');
    expect((collector.requests[0]?.atMs ?? 0) - (refusedAt[0] ?? 0)).toBeGreaterThan(900);
    expect(agent.droppedSpans).toBe(0);
  });

  it('describes a call as it was, whatever the host does to its objects afterwards', async () => {
    const { agent, collector } = await recordedAgent({ content: 'full' });
    const read = agent.tool({ name: 'read', effect: 'read', run: ({ to }: { to: string[] }) => ({ seen: to }) });
    const input = { to: ['anna@example.com'] };
    const result = await read(input);
    input.to.push('eve@evil.example');
    result.seen.push('more');
    await agent.flush();
    const attributes = collector.spans[0]?.attributes;
    expect(attributes?.['gen_ai.tool.call.arguments']).toBe('{"to":["anna@example.com"]}');
    expect(attributes?.['gen_ai.tool.call.result']).toBe('{"seen":["anna@example.com"]}');
    expect(JSON.stringify(attributes)).not.toContain('evil');
  });

  it.each(['off', 'redacted'] as const)('with content %s lets no credential out', async (content) => {
    const { agent, collector } = await recordedAgent({ content });
    const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
    const read = agent.tool({
      name: 'read',
      effect: 'read',
      summary: () => `used ${secret}`,
      run: () => ({ password: secret, note: `token ${secret}` }),
    });
    await read({ apiKey: secret, url: `https://x.example/?token=${secret}` }, { intent: `Use ${secret} to read.` });
    await agent.flush();
    expect(collector.spans).toHaveLength(1);
    expect(JSON.stringify(collector.spans)).not.toContain(secret);
  });
});
