import { createSeededRandom } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Adwin } from './adwin.ts';
import { PageHinkley } from './page-hinkley.ts';
import { RIVER_STREAM } from './river-stream.test-support.ts';

const RIVER = { least: 30, delta: 0.005, threshold: 50, alpha: 0.9999 };
/** Positions, from 0, at which a detector speaks. */
const alarms = (detector: { push(value: number): boolean }, values: readonly number[]): number[] =>
  values.flatMap((value, index) => (detector.push(value) ? [index] : []));

describe("on River's documented stream", () => {
  test('Page–Hinkley first alarms at 1006', () => {
    expect(alarms(new PageHinkley(RIVER), RIVER_STREAM)[0]).toBe(1006);
  });

  test('ADWIN first alarms at 1023', () => {
    expect(alarms(new Adwin(0.002), RIVER_STREAM)[0]).toBe(1023);
  });
});

const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 300 });

describe('Page–Hinkley', () => {
  test('does not care where zero is', () => {
    const integers = fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 300 });
    fc.assert(
      fc.property(integers, fc.integer({ min: -512, max: 512 }), (stream, shift) => {
        const moved = stream.map((value) => value + shift);
        expect(alarms(new PageHinkley(RIVER), moved)).toEqual(alarms(new PageHinkley(RIVER), stream));
      }),
    );
  });

  test('with delta and threshold in the same unit, does not care about the unit', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.25, 4, 1024), (stream, unit) => {
        const scaled = { ...RIVER, delta: RIVER.delta * unit, threshold: RIVER.threshold * unit };
        const inUnit = stream.map((value) => value * unit);
        expect(alarms(new PageHinkley(scaled), inUnit)).toEqual(alarms(new PageHinkley(RIVER), stream));
      }),
    );
  });

  test('finds a fall as it finds a rise', () => {
    fc.assert(
      fc.property(values, (stream) => {
        const mirrored = stream.map((value) => -value);
        expect(alarms(new PageHinkley(RIVER), mirrored)).toEqual(alarms(new PageHinkley(RIVER), stream));
      }),
    );
  });
});

describe('ADWIN', () => {
  test('is silent on a constant, and its window grows', () => {
    const adwin = new Adwin(0.002);
    expect(alarms(adwin, Array<number>(5_000).fill(3))).toEqual([]);
    expect([adwin.width, adwin.mean]).toEqual([5_000, 3]);
  });

  test('after a change its window holds what came after it', () => {
    const random = createSeededRandom(3);
    const adwin = new Adwin(0.002);
    alarms(
      adwin,
      Array.from({ length: 2_000 }, (_, i) => (i < 1_000 ? 0 : 10) + random.next()),
    );
    expect(adwin.width).toBeLessThanOrEqual(1_024);
    expect(adwin.mean).toBeGreaterThan(9.5);
  });

  test('alarms rarely on noise that does not change', () => {
    const random = createSeededRandom(5);
    const noise = Array.from({ length: 50_000 }, () => random.next());
    expect(alarms(new Adwin(0.002), noise).length).toBeLessThanOrEqual(3);
  });

  test('its mean is the mean of the newest values that it says it holds', () => {
    fc.assert(
      fc.property(values, (stream) => {
        const adwin = new Adwin(0.05);
        for (const value of stream) adwin.push(value);
        const held = stream.slice(stream.length - adwin.width);
        const mean = held.reduce((sum, value) => sum + value, 0) / Math.max(1, held.length);
        expect(Math.abs(adwin.mean - mean)).toBeLessThan(1e-6);
      }),
    );
  });
});
