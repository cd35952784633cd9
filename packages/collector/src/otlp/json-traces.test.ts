import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { request, toolSpan } from '../testing/otlp-spans.for-test.ts';
import { SLOT } from './attribute-slots.ts';
import { readJsonTraces } from './json-traces.ts';
import { DEFAULT_READ_LIMITS, type RawSpan, type ReadOutcome } from './raw-span.ts';

function read(body: unknown): { outcome: ReadOutcome; spans: RawSpan[] } {
  const spans: RawSpan[] = [];
  const outcome = readJsonTraces(body, DEFAULT_READ_LIMITS, (span) => spans.push(structuredClone(span)));
  return { outcome, spans };
}

const withSpan = (fields: object): unknown => request([{ ...toolSpan(), ...fields }]);
const withAttribute = (value: unknown): unknown => withSpan({ attributes: [{ key: 'belay.run.id', value }] });

describe('the JSON reader', () => {
  it('never throws, whatever the JSON', () => {
    const names = fc.constantFrom(
      'resourceSpans',
      'scopeSpans',
      'spans',
      'attributes',
      'key',
      'value',
      'stringValue',
      'arrayValue',
      'values',
      'events',
      'status',
    );
    const json = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'medium' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(names, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(json, (body) => void read(body)),
      { numRuns: 500 },
    );
  });

  it.each([[null], [[]], ['x'], [{ resourceSpans: {} }], [{ resourceSpans: [1] }], [request([7])]])('says malformed on %j', (body) => {
    expect(read(body).outcome).toMatchObject({ ok: false, fault: 'malformed' });
  });

  it.each([
    [{ stringValue: 'a\ud800b' }, 'a\ufffdb'],
    [{ intValue: '-42' }, -42],
    [{ intValue: 7 }, 7],
    [{ intValue: '1e3' }, undefined],
    [{ doubleValue: 'NaN' }, Number.NaN],
    [{ doubleValue: '-Infinity' }, Number.NEGATIVE_INFINITY],
    [{ boolValue: false }, false],
    [{ bytesValue: 'AAAA' }, undefined],
    [{}, undefined],
    [null, undefined],
    ['bare', undefined],
  ])('reads the value %j as %j', (value, expected) => {
    expect(read(withAttribute(value)).spans[0]?.values[SLOT.runId]).toEqual(expected);
  });

  it('keeps a key named __proto__ a key', () => {
    const value = { kvlistValue: { values: [{ key: '__proto__', value: { stringValue: 'polluted' } }] } };
    const read1 = read(withAttribute(value)).spans[0]?.values[SLOT.runId] as object;
    expect(Object.keys(read1)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(read1)).toBe(Object.prototype);
  });

  it('takes ids in any case, and none that is too short or no hex', () => {
    expect(read(withSpan({ traceId: 'AF'.repeat(16) })).spans[0]?.traceId).toBe('af'.repeat(16));
    expect(read(withSpan({ traceId: 'af', spanId: 'x'.repeat(16) })).spans[0]).toMatchObject({ traceId: '', spanId: '' });
  });

  it('takes the names of enumerations as well as their numbers', () => {
    const [span] = read(withSpan({ kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } })).spans;
    expect(span).toMatchObject({ kind: 3, statusCode: 2 });
  });

  it('stops at the limit of spans', () => {
    const outcome = readJsonTraces(request([toolSpan(), toolSpan()]), { maxDepth: 4, maxSpans: 1 }, () => undefined);
    expect(outcome).toMatchObject({ ok: false, fault: 'too_many' });
  });
});
