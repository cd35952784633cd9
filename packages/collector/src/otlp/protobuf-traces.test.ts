import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../testing/otlp-protobuf.for-test.ts';
import { keyValues, request, SPAN_ID, TRACE_ID, toolSpan } from '../testing/otlp-spans.for-test.ts';
import { SLOT } from './attribute-slots.ts';
import { ATTRIBUTES, type KnownAttribute } from './attributes.ts';
import { readJsonTraces } from './json-traces.ts';
import { readProtobufTraces } from './protobuf-traces.ts';
import { DEFAULT_READ_LIMITS, type RawSpan, type ReadOutcome, type SpanVisitor } from './raw-span.ts';

interface Seen {
  readonly outcome: ReadOutcome;
  readonly spans: unknown[];
}

function seen(read: (visit: SpanVisitor) => ReadOutcome): Seen {
  const spans: unknown[] = [];
  const outcome = read((span: RawSpan, resource) => spans.push(structuredClone({ ...span, resource: resource[SLOT.serviceName] })));
  return { outcome, spans };
}

const fromProtobuf = (body: Buffer): Seen => seen((visit) => readProtobufTraces(body, DEFAULT_READ_LIMITS, visit));
const fromJson = (body: unknown): Seen => seen((visit) => readJsonTraces(body, DEFAULT_READ_LIMITS, visit));

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(fc.string(), fc.oneof(scalar, fc.array(scalar)), { maxKeys: 4 }),
);
const key = fc.oneof(fc.constantFrom(...Object.values(ATTRIBUTES)), fc.string({ maxLength: 40 }));
const attributes = fc
  .array(fc.tuple(key, value), { maxLength: 12 })
  .map((pairs) => pairs.flatMap(([name, item]) => keyValues({ [name]: item })));
const nanos = fc.bigInt({ min: 0n, max: 2n ** 63n }).map(String);
const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const span = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: fc.oneof(fc.constant(''), hex(16)),
  name: fc.string(),
  kind: fc.integer({ min: 0, max: 5 }),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.string() }),
  events: fc.array(fc.record({ name: fc.constant('exception'), attributes }), { maxLength: 2 }),
  links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16), attributes }), { maxLength: 2 }),
});
const traces = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(fc.record({ spans: fc.array(span, { maxLength: 4 }) }), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});

/** A length-delimited field of a number below 16 and a body below 128 bytes. */
const field = (number: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([number * 8 + 2, body.length]), body]);
};
const keyValue = (name: string, text: string): Buffer =>
  Buffer.concat([field(1, Buffer.from(name)), field(2, field(1, Buffer.from(text)))]);

describe('the protobuf reader', () => {
  it('reads what protobufjs wrote exactly as the JSON reader reads the same request', () => {
    fc.assert(
      fc.property(traces, (body) => {
        expect(fromProtobuf(encodeRequest(body))).toEqual(fromJson(JSON.parse(JSON.stringify(body))));
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on truncated or mutated bytes, and says malformed or reads spans', () => {
    const mutation = fc.record({
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      at: fc.nat(),
      bytes: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(traces, mutation, (body, { cut, at, bytes }) => {
        const whole = encodeRequest(body);
        const mutated = Buffer.from(whole.subarray(0, Math.ceil(whole.length * cut)));
        if (mutated.length > 0) for (const [i, byte] of bytes.entries()) mutated[(at + i) % mutated.length] = byte;
        const { outcome } = fromProtobuf(mutated);
        expect(outcome.ok || outcome.reason.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void fromProtobuf(Buffer.from(bytes))),
      { numRuns: 500 },
    );
  });

  it('says malformed on every proper prefix that ends inside a field', () => {
    const body = encodeRequest(request([toolSpan()]));
    for (let end = 1; end < body.length; end += 1)
      expect(fromProtobuf(body.subarray(0, end)).outcome).toMatchObject({ fault: 'malformed' });
  });

  it('gives a span its resource although the resource stands after it', () => {
    const spans = field(2, field(2, field(5, Buffer.from('x'))));
    const resource = field(1, field(1, keyValue('service.name', 'late')));
    expect(fromProtobuf(field(1, spans, resource)).spans).toMatchObject([{ name: 'x', resource: 'late' }]);
  });

  it('takes the last of two attributes of one key, and a value that stands before its key', () => {
    const first = field(9, keyValue('belay.run.id', 'first'));
    const reversed = field(9, field(2, field(1, Buffer.from('second'))), field(1, Buffer.from('belay.run.id')));
    const [only] = fromProtobuf(field(1, field(2, field(2, first, reversed)))).spans as RawSpan[];
    expect(only?.values[SLOT.runId]).toBe('second');
    expect(only?.attributeCount).toBe(2);
  });

  it('passes over unknown fields of every wire type, groups included', () => {
    const unknown = Buffer.from([
      0xf8, 0x07, 0x96, 0x01, 0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x07, 1, 2, 3, 4, 0xfb, 0x07, 0x08, 0x01, 0xfc, 0x07,
    ]);
    expect(fromProtobuf(field(1, unknown, field(2, unknown, field(2, unknown, field(5, Buffer.from('x')))))).spans).toMatchObject([
      { name: 'x' },
    ]);
  });

  it.each([
    ['field number 0', Buffer.from([0x02, 0x00])],
    ['a varint of 11 bytes', Buffer.from([0x08, ...new Array<number>(10).fill(0xff), 0x01])],
    ['a group that another field ends', Buffer.from([0x0b, 0x14])],
    ['a group without an end', Buffer.from([0x0b])],
    ['an end without a group', Buffer.from([0x0c])],
    ['wire type 7', Buffer.from([0x0f])],
    ['a length beyond the body', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['100,000 groups, one in the other', Buffer.alloc(100_000, 0x0b)],
  ])('says malformed on %s', (_, bytes) => {
    expect(fromProtobuf(bytes).outcome).toMatchObject({ ok: false, fault: 'malformed' });
  });

  it('drops a value nested deeper than the limit, and keeps its neighbours', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    const body = encodeRequest(request([toolSpan({ 'gen_ai.tool.call.arguments': deep(40), 'belay.run.id': 'r' })]));
    const [only] = fromProtobuf(body).spans as RawSpan[];
    expect(JSON.stringify(only?.values[SLOT.toolCallArguments])).toBe(`${'['.repeat(32)}null${']'.repeat(32)}`);
    expect(only?.values[SLOT.runId]).toBe('r');
  });

  it('stops at the limit of spans', () => {
    const body = encodeRequest(request([toolSpan(), toolSpan(), toolSpan()]));
    const outcome = readProtobufTraces(body, { maxDepth: 4, maxSpans: 2 }, () => undefined);
    expect(outcome).toMatchObject({ ok: false, fault: 'too_many' });
  });

  it('replaces invalid UTF-8 and goes on', () => {
    const body = encodeRequest(request([toolSpan({ 'belay.run.id': 'ABCDEFG' })]));
    body.fill(0xff, body.indexOf('ABCDEFG'), body.indexOf('ABCDEFG') + 1);
    expect((fromProtobuf(body).spans as RawSpan[])[0]?.values[SLOT.runId]).toBe('\ufffdBCDEFG');
  });

  it('knows every attribute by its bytes', () => {
    for (const name of Object.keys(ATTRIBUTES) as KnownAttribute[]) {
      const [only] = fromProtobuf(encodeRequest(request([toolSpan({ [ATTRIBUTES[name]]: 'v' })]))).spans as RawSpan[];
      expect(only?.values[SLOT[name]]).toBe('v');
    }
    expect(fromProtobuf(encodeRequest(request([toolSpan()]))).spans).toMatchObject([{ traceId: TRACE_ID, spanId: SPAN_ID }]);
  });
});
