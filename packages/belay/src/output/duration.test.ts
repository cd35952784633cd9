import { describe, expect, it } from 'vitest';
import { formatAgo, formatDuration, formatUsd } from './duration.ts';

describe('formatDuration', () => {
  it.each([
    [400, '0.4 ms'],
    [12_400, '12 ms'],
    [1_340_000, '1.34 s'],
    [59_960_000, '60.0 s'],
    [200_000_000, '3 min 20 s'],
    [120_000_000, '2 min'],
    [7_260_000_000, '2 h 1 min'],
    [-12_000, '−12 ms'],
  ])('%d µs reads %s', (us, text) => expect(formatDuration(us)).toBe(text));
});

describe('formatAgo and formatUsd', () => {
  it('say now within a second', () => expect(formatAgo(1_000_000, 1_500_000)).toBe('now'));

  it.each([
    [0, '$0.00'],
    [4_200_000, '$0.0042'],
    [12_300_000_000, '$12.30'],
  ])('%d nano-dollars read %s', (nano, text) => expect(formatUsd(nano)).toBe(text));
});
