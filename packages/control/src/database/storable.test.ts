import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStorable, isStorableValue, toStorable } from './storable.ts';

test.each([
  ['plain ünïcödé 🙂', true],
  ['a\u0000b', false],
  ['\ud800', false],
  ['', true],
])('%j can be stored: %s', (text, expected) => {
  expect(isStorable(text)).toBe(expected);
});

test('whatever comes in, what is mended can be stored; what could be stored is not changed', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      if (isStorableValue(value)) expect(toStorable(value)).toEqual(value);
      expect(isStorableValue(toStorable(value))).toBe(true);
    }),
  );
});
