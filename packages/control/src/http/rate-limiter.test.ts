import { createManualClock } from '@belay/testkit';
import { expect, test } from 'vitest';
import { createRateLimiter } from './rate-limiter.ts';

test('a burst of five seconds passes, then one call per 1/rate', () => {
  const clock = createManualClock();
  const limiter = createRateLimiter(clock.monotonicUs);
  const burst = Array.from({ length: 50 }, () => limiter.take('a', 10));
  expect(burst.every((wait) => wait === 0)).toBe(true);
  expect(limiter.take('a', 10)).toBe(100);
  clock.advanceMs(100);
  expect(limiter.take('a', 10)).toBe(0);
  expect(limiter.take('a', 10)).toBe(100);
});

test('callers do not share, and the one not seen for longest is forgotten', () => {
  const clock = createManualClock();
  const limiter = createRateLimiter(clock.monotonicUs, 2);
  for (let n = 0; n < 5; n += 1) limiter.take('a', 1);
  expect(limiter.take('a', 1)).toBeGreaterThan(0);
  expect(limiter.take('b', 1)).toBe(0);
  expect(limiter.take('c', 1)).toBe(0);
  expect(limiter.take('a', 1)).toBe(0);
});

test('an idle caller does not save up more than the burst', () => {
  const clock = createManualClock();
  const limiter = createRateLimiter(clock.monotonicUs);
  limiter.take('a', 1);
  clock.advanceMs(3_600_000);
  const answers = Array.from({ length: 6 }, () => limiter.take('a', 1));
  expect(answers.map((wait) => wait > 0)).toEqual([false, false, false, false, false, true]);
});
