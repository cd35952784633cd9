import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBitVotes } from './bit-votes.ts';
import { sketchOf } from './sketch.ts';

it('bit-sliced votes are the votes of each bit counted one by one', () => {
  const votes = createBitVotes();
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 256 }), (words) => {
      votes.clear();
      for (const word of words) votes.add(word);
      let expected = 0;
      for (let bit = 0; bit < 32; bit++) if (words.filter((word) => (word >>> bit) & 1).length * 2 > words.length) expected |= 1 << bit;
      expect(votes.majority()).toBe(expected);
    }),
  );
});

it('a text of letters outside ASCII has the sketch of its tokens, in any case and between any marks', () => {
  expect(sketchOf({ q: 'Größe — STRASSE' })).toBe(sketchOf({ q: 'größe strasse!' }));
  expect(sketchOf({ q: 'Plain ASCII' })).toBe(sketchOf({ q: 'plain… ascii' }));
});

it.each([
  [{}, '0000000000000000'],
  [{ to: 'ann@example.com', amount: 12 }, '418c4e3424030ac4'],
])('the sketch of %j stays %s', (args, sketch) => {
  expect(sketchOf(args)).toBe(sketch);
});
