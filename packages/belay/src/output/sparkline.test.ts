import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

test('a sparkline goes from the lowest bar to the highest', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([7, 0], 20)).toBe('█▁');
});

test('values that are all equal are a level line, none is nothing', () => {
  expect(sparkline([0.2, 0.2, 0.2], 20)).toBe('▄▄▄');
  expect(sparkline([], 20)).toBe('');
});

test('more values than cells are averaged, in order, and take all cells', () => {
  const line = sparkline(
    Array.from({ length: 1_000 }, (_, i) => i),
    10,
  );
  expect([...line]).toHaveLength(10);
  expect([...line].toSorted()).toEqual([...line]);
});
