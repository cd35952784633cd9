import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';

test('fingerprints are positive safe integers and depend on the text alone', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const mark = fingerprint(text);
      expect(Number.isSafeInteger(mark) && mark > 0).toBe(true);
      expect(fingerprint(`${text}`)).toBe(mark);
    }),
  );
});

test('a hundred thousand texts that differ in one character have a hundred thousand fingerprints', () => {
  const marks = new Set(Array.from({ length: 100_000 }, (_, i) => fingerprint(`sha256:${i}`)));
  expect(marks.size).toBe(100_000);
});

test('fingerprints never change: they are in snapshots', () => {
  expect([fingerprint(''), fingerprint('a'), fingerprint('belay')]).toEqual([3338908027751811, 7929297801672961, 5903405282645112]);
});
