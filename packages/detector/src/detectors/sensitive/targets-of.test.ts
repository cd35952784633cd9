import { matchesPattern } from '@belay/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markedBy } from './targets-of.ts';

test('the one test for all globs answers as each glob does', () => {
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), minLength: 1, maxLength: 6 });
  const destination = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(glob, { maxLength: 4 }), destination, (globs, value) => {
      expect(markedBy(globs)(value)).toBe(globs.some((one) => matchesPattern(one, value)));
    }),
    { numRuns: 500 },
  );
});
