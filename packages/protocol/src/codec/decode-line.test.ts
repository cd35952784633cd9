import { arbitraryOf, decision } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionEventSchema } from '../event/decision-event.ts';
import { inputRecordSchema } from '../event/input-record.ts';
import { decodeLine } from './decode-line.ts';
import { encodeEvent } from './encode-event.ts';
import { isDecisionEvent } from './event-check.ts';
import { isInputRecord } from './input-record-check.ts';

/** A value, and the same with one thing somewhere in it replaced, added or taken away. */
function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const replacement = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      null,
      '',
      'x'.repeat(5000),
      -1,
      0.5,
      1e300,
      Number.MAX_SAFE_INTEGER + 1,
      [],
      {},
      true,
      'read',
      '\ud800',
      ['a'],
      { a: 1 },
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ),
  );
  return fc
    .tuple(
      value,
      fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }),
      replacement,
      fc.constantFrom('replace', 'delete', 'add', 'add-proto'),
    )
    .map(([original, path, put, how]) => {
      const copy: unknown = structuredClone(original);
      mutate(copy, path, put, how);
      return copy;
    });
}

function mutate(target: unknown, path: readonly number[], put: unknown, how: string): void {
  if (typeof target !== 'object' || target === null) return;
  const container = target as Record<string, unknown>;
  const keys = Object.keys(container);
  const key = keys[(path[0] ?? 0) % Math.max(1, keys.length)] ?? 'x';
  const child = container[key];
  if (path.length > 1 && typeof child === 'object' && child !== null) mutate(child, path.slice(1), put, how);
  else if (how === 'replace') container[key] = put;
  else if (how === 'delete') delete container[key];
  else
    Object.defineProperty(container, how === 'add' ? 'extra' : '__proto__', {
      value: put,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

describe('the fast decoder', () => {
  const events = arbitraryOf(decisionEventSchema);
  const records = arbitraryOf(inputRecordSchema);

  it('accepts every event the schema can make, and gives back the same value', () => {
    fc.assert(
      fc.property(events, (event) => {
        const line = encodeEvent(event);
        expect(decodeLine(line)).toEqual({ event: decisionEventSchema.parse(JSON.parse(line)) });
      }),
      { numRuns: 500 },
    );
  });

  it('accepts every input record the schema can make, and gives back the same value', () => {
    fc.assert(
      fc.property(records, (record) => {
        const line = encodeEvent(record);
        expect(decodeLine(line)).toEqual({ input: inputRecordSchema.parse(JSON.parse(line)) });
      }),
      { numRuns: 300 },
    );
  });

  it('judges damaged events as the schema does', () => {
    let refused = 0;
    fc.assert(
      fc.property(mutated(events), (damaged) => {
        const value = throughJson(damaged);
        const expected = decisionEventSchema.safeParse(value).success;
        if (!expected) refused++;
        expect(isDecisionEvent(value)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  it('judges damaged input records as the schema does', () => {
    fc.assert(
      fc.property(mutated(records), (damaged) => {
        const value = throughJson(damaged);
        expect(isInputRecord(value)).toBe(inputRecordSchema.safeParse(value).success);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws and never accepts what is no JSON of ours', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (line) => {
        expect(decodeLine(line)).toEqual({ malformed: expect.any(String) });
      }),
    );
  });

  it.each([
    ['{', 'no JSON'],
    ['', 'no JSON'],
    ['null', 'value: Invalid input: expected object, received null'],
    ['[]', 'value: Invalid input: expected object, received array'],
    [encodeEvent({ ...decision(), seq: Number.POSITIVE_INFINITY }), 'seq: Invalid input: expected number, received null'],
    [encodeEvent(decision()).replace('"seq":1', '"seq":1e400'), 'seq: Invalid input: expected number, received Infinity'],
    [encodeEvent({ ...decision(), tenant: 'Acme' }), /^tenant: /],
    [`{"record":"mode"}`, /^v: /],
    [`{"record":"nonsense","v":1}`, /^record: /],
  ])('says why %j is malformed', (line, reason) => {
    expect(decodeLine(line)).toEqual({ malformed: typeof reason === 'string' ? reason : expect.stringMatching(reason) });
  });

  it('takes the length limits to the letter', () => {
    expect(decodeLine(encodeEvent(decision({ intent: 'x'.repeat(1024) })))).toHaveProperty('event');
    expect(decodeLine(encodeEvent(decision({ intent: 'x'.repeat(1025) })))).toHaveProperty('malformed');
  });
});
