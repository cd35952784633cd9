import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { flatJson } from './flat-json.ts';

const key = fc.oneof(fc.string(), fc.constantFrom('10', '9', 'a', 'A', '__proto__', 'é', 'toJSON', ''));
const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);

it('what is written in one go is what is written piece by piece', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, scalar), { maxLength: 8 }), (entries) => {
      const object = Object.fromEntries(entries);
      const flat = flatJson(object);
      const pieces = `{${Object.keys(object)
        .sort()
        .map((name) => `${canonicalJson(name)}:${canonicalJson(object[name])}`)
        .join(',')}}`;
      if (flat !== undefined) expect(flat).toBe(pieces);
    }),
  );
});

it.each([
  [{ b: 1, a: 'x' }, '{"a":"x","b":1}'],
  [{ a: -0, b: null, c: true }, '{"a":0,"b":null,"c":true}'],
  [{ a: [] }, undefined],
  [{ a: Number.POSITIVE_INFINITY }, undefined],
  [{ a: undefined }, undefined],
  [{ 10: 1, 9: 2 }, undefined],
  [{ a: '\ud800' }, undefined],
])('%j gives %j', (object, text) => {
  expect(flatJson(object)).toBe(text);
});
