import { expect, test } from 'vitest';
import { DailyProfile } from './daily-profile.ts';

const HOUR_US = 3_600_000_000;

/** Four values an hour; what each hour's end said, by [day, hour]. */
function play(profile: DailyProfile, days: number, valueAt: (day: number, hour: number) => number): Map<string, number> {
  const said = new Map<string, number>();
  for (let quarter = 0; quarter <= days * 96; quarter++) {
    const at = (quarter * HOUR_US) / 4;
    const surprise = profile.push(valueAt(Math.floor(quarter / 96), Math.floor((quarter % 96) / 4)), at);
    const ended = Math.floor(quarter / 4) - 1;
    if (surprise !== undefined) said.set(`${Math.floor(ended / 24)},${ended % 24}`, surprise);
  }
  return said;
}

test('an hour is compared from its fourth day on, when it ends', () => {
  const said = play(new DailyProfile(), 5, (_, hour) => hour);
  expect(said.has('2,9')).toBe(false);
  expect(said.get('3,9')).toBe(0);
  expect(said.size).toBe(2 * 24);
});

test('an hour that brings something else says by how much', () => {
  const said = play(new DailyProfile(), 6, (day, hour) => (day === 5 && hour === 9 ? 50 : hour * 10));
  expect(said.get('5,9')).toBe(-40);
  expect(said.get('5,10')).toBe(0);
});

test('a new habit is learned within two weeks', () => {
  const said = play(new DailyProfile(), 20, (day, hour) => (day < 5 ? 10 : 20) + hour);
  expect(said.get('5,9')).toBe(10);
  expect(Math.abs(said.get('19,9') ?? 10)).toBeLessThan(0.2);
});

test('values without a time are left out; a time before 1970 has an hour too', () => {
  const profile = new DailyProfile();
  expect(profile.push(1, undefined)).toBeUndefined();
  expect(profile.push(1, Number.NaN)).toBeUndefined();
  expect(profile.snapshot()).toEqual(new DailyProfile().snapshot());
  profile.push(1, -1);
  expect(profile.snapshot()[0]).toBe(23);
});

test('a restored profile goes on exactly', () => {
  const profile = new DailyProfile();
  play(profile, 4, (_, hour) => Math.sin(hour));
  const copy = new DailyProfile();
  copy.restore(profile.snapshot());
  expect(play(copy, 3, (day) => day)).toEqual(play(profile, 3, (day) => day));
});
