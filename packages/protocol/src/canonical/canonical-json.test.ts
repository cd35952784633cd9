import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBelayError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { callDigest, digestOf, resultDigest, textDigest } from './digest.ts';

/** RFC 8785 appendix B: IEEE 754 bits and the text. */
const NUMBERS: [string, string][] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

const doubleOf = (bits: string): number => Buffer.from(bits, 'hex').readDoubleBE(0);

describe('canonical JSON (RFC 8785)', () => {
  it.each(NUMBERS)('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(doubleOf(bits))).toBe(text);
  });

  it.each(['7fffffffffffffff', '7ff0000000000000'])('refuses the number %s', (bits) => {
    expect(() => canonicalJson(doubleOf(bits))).toThrow(/no JSON/);
  });

  it('writes the example of section 3.2.2', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts the keys of section 3.2.3 by UTF-16 code units', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(value)))).toHaveLength(7);
    expect(canonicalJson(value).match(/:"[^"]+"/g)).toEqual([
      ':"Carriage Return"',
      ':"One"',
      ':"Control"',
      ':"Latin Small Letter O With Diaeresis"',
      ':"Euro Sign"',
      ':"Emoji: Grinning Face"',
      ':"Hebrew Letter Dalet With Dagesh"',
    ]);
  });

  it('writes what the reference implementation writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([[undefined], [() => 1], [Symbol('s')], [10n], [Number.NaN], ['\ud800'], [{ '\udc00': 1 }], [{ a: [10n] }]])(
    'refuses %s with bad_request',
    (value) => {
      try {
        canonicalJson(value);
        expect.unreachable();
      } catch (error) {
        expect(isBelayError(error) && error.code).toBe('bad_request');
      }
    },
  );

  it('refuses a cycle, and what is too deep, without running out of stack', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => canonicalJson(cycle)).toThrow(/1000 levels/);
    expect(() => canonicalJson(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toThrow(/1000 levels/);
  });
});

describe('digests', () => {
  it('are those of the UTF-8 bytes', () => {
    expect(textDigest('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digestOf({ b: 1, a: 'é' })).toBe(textDigest('{"a":"é","b":1}'));
    expect(callDigest('t', { x: 1 })).toBe(textDigest('{"arguments":{"x":1},"tool":"t"}'));
  });

  it('do not depend on the order of keys, and do on everything else', () => {
    expect(callDigest('t', { a: 1, b: { c: 2, d: 3 } })).toBe(callDigest('t', { b: { d: 3, c: 2 }, a: 1 }));
    expect(callDigest('t', { a: 1 })).not.toBe(callDigest('t', { a: '1' }));
    expect(callDigest('t', { a: 1 })).not.toBe(callDigest('u', { a: 1 }));
    expect(callDigest('t', [1, 2])).not.toBe(callDigest('t', [2, 1]));
  });

  it('exist for texts with lone surrogates, so that no agent escapes recognition by one', () => {
    expect(callDigest('t', { a: 'x\ud800' })).toBe(callDigest('t', { a: 'x\ufffd' }));
  });

  it('of results leave out request ids and timestamps at every depth, and nothing else', () => {
    const answer = (id: string, count: number): unknown => ({
      request_id: id,
      data: [{ TimeStamp: id, count, text: 'seen 7 times' }],
      'X-Request-Id': id,
    });
    expect(resultDigest(answer('a', 1))).toBe(resultDigest(answer('b', 1)));
    expect(resultDigest(answer('a', 1))).not.toBe(resultDigest(answer('a', 2)));
    expect(resultDigest('seen 7 times')).not.toBe(resultDigest('seen 8 times'));
    expect(resultDigest({ cursor: 'a' })).not.toBe(resultDigest({ cursor: 'b' }));
    expect(resultDigest(answer('a', 1), { volatileKeys: [] })).not.toBe(resultDigest(answer('b', 1), { volatileKeys: [] }));
  });

  it('of a result do not depend on whether it came as JSON or as its text', () => {
    expect(resultDigest('{"b":1,"a":[2], "ts": 5}')).toBe(resultDigest({ a: [2], b: 1 }));
    expect(resultDigest('{broken')).toBe(digestOf('{broken'));
    expect(resultDigest(undefined)).toBe(resultDigest(null));
  });
});
