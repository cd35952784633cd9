import { decisionEventSchema, decodeLine, EVENT_MAX_BYTES } from '@belay/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTES } from '../otlp/attributes.ts';
import { HASH_KEY } from '../testing/collector.for-test.ts';
import { encodeRequest } from '../testing/otlp-protobuf.for-test.ts';
import { type Attributes, request, toolSpan } from '../testing/otlp-spans.for-test.ts';
import { fitEvent } from './fit-event.ts';
import { createSpanMapper } from './span-mapper.ts';

const mapper = createSpanMapper({ hashKey: HASH_KEY });
const context = { tenant: 'acme', receivedUs: 1_767_600_009_000_000 };

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ minLength: 1000, maxLength: 9000 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '{"__proto__":{"a":1}}',
    '[[[[',
    'NaN',
    '-1',
    'read',
    'error',
    'allow',
    'executed',
    '\u0000',
    '\ud800',
    '12345678901234567890',
  ),
  fc.json(),
);
const number = fc.oneof(
  fc.integer(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 2 ** 63, -1, 0, 1, 2, 3, 1e308, 0.5),
  fc.double(),
);
const value = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.array(fc.oneof(text, number), { maxLength: 40 }),
  fc.dictionary(text, fc.oneof(text, number), { maxKeys: 5 }),
);
const operation = fc.constantFrom('execute_tool', 'chat', 'invoke_agent', 'invoke_workflow', 'propose');
const attributes = fc.tuple(operation, fc.dictionary(fc.constantFrom(...Object.values(ATTRIBUTES)), value, { maxKeys: 40 }));

describe('whatever the attributes are', () => {
  it('each decision becomes an event that the schema takes, and the same from JSON and protobuf', () => {
    fc.assert(
      fc.property(attributes, fc.integer({ min: 0, max: 6 }), ([name, rest], kind) => {
        const body = request([toolSpan({ ...rest, 'gen_ai.operation.name': name, 'gen_ai.agent.id': 'a' } as Attributes, { kind })]);
        const json = mapper.mapOtlpJson(JSON.parse(JSON.stringify(body)), context);
        expect(json.rejected).toEqual([]);
        for (const event of json.events) expect(decisionEventSchema.safeParse(event).error?.issues ?? []).toEqual([]);
        expect(mapper.mapOtlpProtobuf(encodeRequest(wellFormed(body)), context)).toEqual(mapper.mapOtlpJson(wellFormed(body), context));
      }),
      { numRuns: 300 },
    );
  });

  it('each event is encoded in at most 32 kB, and decodes', () => {
    fc.assert(
      fc.property(attributes, ([name, rest]) => {
        const body = request([toolSpan({ ...rest, 'gen_ai.operation.name': name, 'gen_ai.agent.id': 'a' } as Attributes)]);
        for (const event of mapper.mapOtlpJson(JSON.parse(JSON.stringify(body)), context).events) {
          const fitted = fitEvent(event);
          expect(fitted && Buffer.byteLength(fitted.line)).toBeLessThanOrEqual(EVENT_MAX_BYTES);
          expect(decodeLine(fitted?.line ?? '')).toHaveProperty('event');
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** protobufjs writes a lone surrogate as U+FFFD, and no NaN into an int64: so must the JSON it is compared with. */
const wellFormed = (body: unknown): Record<string, unknown> =>
  JSON.parse(JSON.stringify(body, (_, item: unknown) => (typeof item === 'string' ? item.toWellFormed() : item))) as Record<
    string,
    unknown
  >;

describe('arguments', () => {
  const digestOf = (args: unknown): string | undefined =>
    mapper.mapOtlpJson(request([toolSpan({ 'gen_ai.tool.call.arguments': args })]), context).events[0]?.call?.digest;

  it('nested 100,000 deep are taken as text', () => {
    expect(digestOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toMatch(/^sha256:/);
  });

  it('with a key __proto__ pollute nothing and are told apart from empty ones', () => {
    expect(digestOf('{"__proto__":{"polluted":true}}')).not.toBe(digestOf('{}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('that say NaN in protobuf count as null', () => {
    const body = encodeRequest(request([toolSpan({ 'gen_ai.tool.call.arguments': { n: Number.NaN } })]));
    expect(mapper.mapOtlpProtobuf(body, context).events[0]?.call?.digest).toBe(digestOf('{"n":null}'));
  });

  it('that are no JSON have a digest of their text', () => {
    expect(digestOf("{'python': 'repr'}")).toMatch(/^sha256:/);
    expect(digestOf("{'python': 'repr'}")).not.toBe(digestOf("{'python': 'other'}"));
  });

  it('of a megabyte are mapped, with a short preview', () => {
    const [event] = mapper.mapOtlpJson(
      request([toolSpan({ 'gen_ai.tool.call.arguments': JSON.stringify({ body: 'x'.repeat(1_000_000) }) })]),
      context,
    ).events;
    expect(event?.call?.argumentsBytes).toBe(1_000_011);
    expect(event?.call?.argumentsPreview?.length).toBeLessThanOrEqual(1024);
  });
});

it('a span with more attributes than allowed is rejected', () => {
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`k${i}`, 'v']));
  expect(mapper.mapOtlpJson(request([toolSpan(many)]), context).rejected).toEqual([{ reason: 'too_many_attributes' }]);
});

it('a mapper without a key worth the name is refused', () => {
  expect(() => createSpanMapper({ hashKey: new Uint8Array(8) })).toThrow(/at least 16/);
  expect(() => createSpanMapper({ hashKey: HASH_KEY, previewMaxBytes: 9000 })).toThrow(/4096/);
});
