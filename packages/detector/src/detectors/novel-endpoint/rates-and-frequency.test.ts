import { expect, test } from 'vitest';
import { CallFrequency } from './call-frequency.ts';
import { HabitRates } from './habit-rates.ts';

test('a habit that always brings news has a rate near one, a steady one near nought, an unknown one nought', () => {
  const rates = new HabitRates();
  for (let use = 0; use < 100; use++) {
    rates.count(7, true);
    rates.count(8, use === 0);
  }
  expect(rates.rate(7)).toBeGreaterThan(0.98);
  expect(rates.rate(8)).toBeLessThan(0.02);
  expect(rates.rate(9)).toBe(0);
});

test('a habit may change: old news counts less and less', () => {
  const rates = new HabitRates();
  for (let use = 0; use < 300; use++) rates.count(7, true);
  for (let use = 0; use < 1_000; use++) rates.count(7, false);
  expect(rates.rate(7)).toBeLessThan(0.1);
});

test('rates are bounded and come back from their snapshot', () => {
  const rates = new HabitRates();
  for (let habit = 0; habit < 5_000; habit++) rates.count(habit, habit % 2 === 0);
  const copy = new HabitRates();
  copy.restore(JSON.parse(JSON.stringify(rates.snapshot())));
  expect([copy.rate(4_998), copy.rate(1)]).toEqual([rates.rate(4_998), 0]);
  expect(JSON.stringify(rates.snapshot()).length).toBeLessThan(8_000);
});

test('a call that every session makes is common, one that a single session made is not', () => {
  const frequency = new CallFrequency();
  for (let session = 0; session < 100; session++) {
    frequency.addSession();
    frequency.add(1);
    frequency.add(1_000 + session);
  }
  expect(frequency.share(1)).toBeGreaterThanOrEqual(1);
  expect(frequency.share(1_050)).toBeLessThan(0.1);
});

test('frequencies never count too few, and are those of the snapshot after a restore', () => {
  const frequency = new CallFrequency();
  for (let session = 0; session < 65_000; session++) {
    frequency.addSession();
    if (session % 2 === 0) frequency.add(5);
  }
  const copy = new CallFrequency();
  copy.restore(JSON.parse(JSON.stringify(frequency.snapshot())));
  expect(copy.share(5)).toBe(frequency.share(5));
  expect(copy.share(5)).toBeCloseTo(0.5, 1);
  expect(() => copy.restore([1, ''])).toThrow('snapshot');
});

test('cells are narrow until a call needs them wide, and no count is lost on the way, whenever it is stored', () => {
  let frequency = new CallFrequency();
  const lengths: number[] = [];
  for (let session = 1; session <= 300; session++) {
    frequency.addSession();
    frequency.add(5);
    const copy = new CallFrequency();
    copy.restore(JSON.parse(JSON.stringify(frequency.snapshot())));
    frequency = copy;
    expect(frequency.count(5)).toBe(session);
    lengths.push(JSON.stringify(frequency.snapshot()).length);
  }
  expect([(lengths[254] ?? 0) < 720, (lengths[255] ?? 0) > 1_360]).toEqual([true, true]);
});
