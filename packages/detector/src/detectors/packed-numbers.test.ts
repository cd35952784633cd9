import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packNumbers, unpackNumbers } from './packed-numbers.ts';

test('numbers come back exactly, whatever they are', () => {
  fc.assert(
    fc.property(fc.float64Array(), (numbers) => {
      expect(unpackNumbers(JSON.parse(JSON.stringify(packNumbers(numbers))))).toEqual(numbers);
    }),
  );
});

test('a text that is cut short is none', () => {
  expect(unpackNumbers(packNumbers(Float64Array.of(1, 2)).slice(0, -4))).toBeUndefined();
});
