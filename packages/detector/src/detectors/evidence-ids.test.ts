import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EvidenceIds } from './evidence-ids.ts';

const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const ids = fc.array(
  fc.tuple(hex(32), hex(16)).map(([trace, span]) => `${trace}:${span}`),
  { maxLength: 30 },
);

test('holds the last ids as they were, newest last, also over a snapshot at any point', () => {
  fc.assert(
    fc.property(ids, fc.nat(30), fc.integer({ min: 1, max: 20 }), (given, cut, count) => {
      let held = new EvidenceIds(12);
      for (const [i, id] of given.entries()) {
        if (i === cut) {
          const copy = new EvidenceIds(12);
          expect(copy.restore(held.snapshot())).toBe(true);
          expect(copy.snapshot()).toBe(held.snapshot());
          held = copy;
        }
        held.push(id);
      }
      expect(held.last(count)).toEqual(given.slice(-12).slice(-count));
      expect(held.length).toBe(Math.min(12, given.length));
    }),
  );
});

test('a snapshot of more, or of something else, is refused', () => {
  const many = new EvidenceIds(13);
  for (let i = 0; i < 13; i++) many.push(`${'0'.repeat(32)}:${'1'.repeat(16)}`);
  expect(new EvidenceIds(12).restore(many.snapshot())).toBe(false);
  expect(new EvidenceIds(12).restore('AAAA')).toBe(false);
});
