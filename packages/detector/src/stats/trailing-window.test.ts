import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecondSeries } from './second-series.ts';
import { TrailingWindow } from './trailing-window.ts';

const steps = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 40 }), amount: fc.integer({ min: 0, max: 1_000_000 }) }), {
  maxLength: 300,
});

interface Spent {
  readonly second: number;
  readonly amount: number;
}

function play(series: SecondSeries, window: TrailingWindow, { second, amount }: Spent): void {
  window.forget(second);
  series.add(second, amount);
  if (window.to < series.end) window.take();
  else window.grow(amount);
}

test('a trailing window equals the sum over the seconds it covers, at every step', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(1, 10, 60), (moves, seconds) => {
      const series = new SecondSeries(130);
      const window = new TrailingWindow(series, seconds);
      const spent: Spent[] = [];
      let second = 1_000;
      for (const { gap, amount } of moves) {
        second += gap;
        spent.push({ second, amount });
        play(series, window, { second, amount });
        const inside = spent.filter((one) => one.second > second - seconds);
        expect(window.sum).toBe(inside.reduce((sum, one) => sum + one.amount, 0));
        expect(window.count).toBe(inside.length);
      }
    }),
  );
});

test('the series keeps no more slots than its horizon has seconds', () => {
  const series = new SecondSeries(60);
  for (let second = 0; second < 10_000; second++) series.add(second, 1);
  expect(series.end - series.first).toBe(60);
});

test('a cleared window counts only what begins after it, also within the same second', () => {
  const series = new SecondSeries(60);
  const window = new TrailingWindow(series, 10);
  play(series, window, { second: 5, amount: 7 });
  window.clear();
  play(series, window, { second: 5, amount: 7 });
  expect([window.sum, window.count]).toEqual([0, 0]);
  play(series, window, { second: 6, amount: 3 });
  expect([window.sum, window.count]).toEqual([3, 1]);
});

test('a restored series and window go on exactly like the originals', () => {
  fc.assert(
    fc.property(steps, steps, (first, second) => {
      const series = new SecondSeries(130);
      const window = new TrailingWindow(series, 60);
      let at = 0;
      for (const { gap, amount } of first) {
        at += gap;
        play(series, window, { second: at, amount });
      }
      const copy = new SecondSeries(130);
      copy.restore(series.first, series.rows());
      const other = new TrailingWindow(copy, 60);
      other.restore(window.snapshot());
      for (const { gap, amount } of second) {
        at += gap;
        play(series, window, { second: at, amount });
        play(copy, other, { second: at, amount });
        expect([other.sum, other.count]).toEqual([window.sum, window.count]);
      }
    }),
  );
});
