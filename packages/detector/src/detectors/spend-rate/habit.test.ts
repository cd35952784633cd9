import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecondSeries } from '../../stats/second-series.ts';
import { Habit } from './habit.ts';

const NEVER = -1e12;
const OPTIONS = { seconds: 300, memory: 20_000 };

/** Feeds one unit of spend at each second, as the detector does, and answers the largest window the habit knows. */
function largestOf(seconds: readonly number[]): number {
  const series = new SecondSeries(2 * 300 + 61);
  const habit = new Habit(series, OPTIONS);
  for (const second of seconds) {
    habit.advance(second, { bornSecond: NEVER, blockedSecond: NEVER, foreign: { from: NEVER, to: NEVER } });
    series.add(second, 1);
  }
  return habit.most.count;
}

test('what was spent before a pause is not part of a window after it', () => {
  const burst = (from: number) => Array.from({ length: 12 }, (_, i) => from + i);
  const bursts = Array.from({ length: 20 }, (_, i) => burst(i * 1_000)).flat();
  expect(largestOf(bursts)).toBeLessThan(13);
});

test('the habit never holds more than was spent in any window', () => {
  const bursts = fc.array(fc.record({ pause: fc.integer({ min: 1, max: 1_500 }), length: fc.integer({ min: 1, max: 40 }) }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(bursts, (moves) => {
      let at = 0;
      const seconds = moves.flatMap(({ pause, length }) => {
        at += pause;
        return Array.from({ length }, () => at++);
      });
      const most = Math.max(0, ...seconds.map((second) => seconds.filter((one) => one <= second && one > second - OPTIONS.seconds).length));
      expect(largestOf(seconds)).toBeLessThanOrEqual(most * 1.05);
    }),
    { numRuns: 60 },
  );
});
