import { expect, test } from 'vitest';
import { EventClock } from './event-clock.ts';

const TOLERANCE_US = 60_000_000;

test('event time never goes back', () => {
  const clock = new EventClock(TOLERANCE_US);
  expect([100, 90, 200, 150].map((endUs) => clock.advance(endUs, 1_000).atUs)).toEqual([100, 100, 200, 200]);
});

test('an agent that claims to be an hour ahead is flagged and taken at the collector’s time', () => {
  const clock = new EventClock(TOLERANCE_US);
  expect(clock.advance(3_600_000_000, 1_000)).toEqual({ atUs: 1_000, isSkewed: true });
  expect(clock.advance(2_000, 3_000)).toEqual({ atUs: 2_000, isSkewed: false });
});

test('a clock that is behind is believed: exporters send old spans', () => {
  expect(new EventClock(TOLERANCE_US).advance(5, 9_000_000_000)).toEqual({ atUs: 5, isSkewed: false });
});

test('gaps that an agent invents end at the tolerance: it cannot stretch a minute between calls that arrive together', () => {
  const clock = new EventClock(TOLERANCE_US);
  const at = Array.from({ length: 100 }, (_, i) => clock.advance(i * 61_000_000, 1_000 * i).atUs);
  expect(at.filter((atUs, i) => i > 0 && atUs - (at[i - 1] ?? 0) >= 60_000_000).length).toBeLessThanOrEqual(1);
});
