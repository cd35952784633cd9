import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LevelMonitor, type LevelReading } from './level-monitor.ts';

const HOUR_US = 3_600_000_000;
/** Long enough for the tails to speak; integers, so that shifts are exact up to the last bits of a mean. */
const series = fc.array(fc.oneof({ weight: 20, arbitrary: fc.integer({ min: -8, max: 8 }) }, fc.integer({ min: -500, max: 500 })), {
  minLength: 150,
  maxLength: 400,
});
const hostile = fc.array(fc.oneof(fc.double(), fc.constantFrom(1e308, -1e308, Number.MIN_VALUE, 0, -0, Number.MAX_VALUE)), {
  maxLength: 300,
});

const play = (values: readonly number[], monitor: LevelMonitor = new LevelMonitor()): (LevelReading | undefined)[] =>
  values.map((value, i) => monitor.update(value, (i * HOUR_US) / 2));

const scores = (values: readonly number[]): number[] => play(values).map((reading) => reading?.score ?? Number.NaN);

test('scores do not change when the series is scaled', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: -60, max: 60 }), (values, exponent) => {
      expect(scores(values.map((value) => value * 2 ** exponent))).toEqual(scores(values));
    }),
  );
});

test('scores do not change when the series is shifted, but for rounding', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: -1000, max: 1000 }), (values, shift) => {
      const [shifted, plain] = [play(values.map((value) => value + shift)), play(values)];
      for (const [i, reading] of shifted.entries()) {
        const digits = Math.log10((reading?.probability ?? 0) / (plain[i]?.probability ?? 0));
        expect(Math.abs(digits)).toBeLessThan(1e-6);
      }
    }),
  );
});

test('no score looks ahead: what follows changes nothing of what was said', () => {
  fc.assert(
    fc.property(series, series, (values, more) => {
      expect(scores([...values, ...more]).slice(0, values.length)).toEqual(scores(values));
    }),
  );
});

test('restored at any value, through JSON, it goes on exactly', () => {
  fc.assert(
    fc.property(series, fc.nat(400), (values, cut) => {
      const monitor = new LevelMonitor();
      play(values.slice(0, cut), monitor);
      const copy = new LevelMonitor();
      copy.restore(JSON.parse(JSON.stringify(monitor.snapshot())));
      expect(play(values, copy)).toEqual(play(values, monitor));
      expect(copy.snapshot()).toEqual(monitor.snapshot());
    }),
  );
});

test('hostile numbers never give a score outside of 0 to 1, and never a state that is not finite', () => {
  fc.assert(
    fc.property(hostile, (values) => {
      const monitor = new LevelMonitor();
      for (const reading of play(values, monitor)) {
        if (reading === undefined) continue;
        expect(reading.score).toBeGreaterThanOrEqual(0);
        expect(reading.score).toBeLessThanOrEqual(1);
        expect(Number.isFinite(reading.level)).toBe(true);
      }
      expect(monitor.snapshot().flat().every(Number.isFinite)).toBe(true);
    }),
  );
});

test('a value that is not finite is refused and leaves no trace', () => {
  const monitor = new LevelMonitor();
  play([1, 2, 3], monitor);
  const before = monitor.snapshot();
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) expect(monitor.update(value)).toBeUndefined();
  expect(monitor.snapshot()).toEqual(before);
});

test('the state stays within 400 numbers and 9 kB of JSON, however long the series is', () => {
  const monitor = new LevelMonitor();
  for (let i = 0; i < 30_000; i++) monitor.update(Math.sin(i) * (i % 97) + i / 1e4, i * HOUR_US);
  expect(monitor.snapshot().flat().length).toBeLessThanOrEqual(400);
  expect(JSON.stringify(monitor.snapshot()).length).toBeLessThan(9000);
});
