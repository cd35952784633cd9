import { expect, test } from 'vitest';
import { Habits } from './habits.ts';

const NEWS = 7_001;
/** So many sessions that made these calls; the news came in some of them. */
const habitsOf = (sessions: readonly { readonly made: readonly number[]; readonly hasNews?: boolean }[]): Habits => {
  const habits = new Habits();
  for (const { made, hasNews = false } of sessions) {
    habits.countSession();
    for (const call of made) habits.countMade(call);
    if (hasNews) habits.addToTask(made, NEWS);
  }
  return habits;
};
const times = <One>(count: number, one: One): One[] => Array.from({ length: count }, () => one);

/** The share as the session at hand sees it: its calls are counted already. */
const shareAmong = (sessions: Parameters<typeof habitsOf>[0], made: readonly number[], share = 1): number =>
  habitsOf([...sessions, { made }]).shareOfTask(made, NEWS, share);

test('the share of a task is that of its earlier sessions, and one more', () => {
  expect(shareAmong(times(1, { made: [1], hasNews: true }), [1])).toBe(1 / 2);
  expect(shareAmong(times(9, { made: [1], hasNews: true }), [1])).toBe(9 / 10);
  expect(shareAmong([...times(8, { made: [1] }), { made: [1], hasNews: true }], [1])).toBe(1 / 10);
});

test('the calls of a session tell its task together: one that others make too does not decide', () => {
  const attacked = times(3, { made: [1, 2], hasNews: true });
  const others = times(6, { made: [3] });
  expect(shareAmong([...attacked, ...others], [1])).toBe(3 / 4);
  expect(shareAmong([...attacked, ...others], [1, 3])).toBe(3 / 10);
});

test('what most sessions do tells no task, and neither does what none did before', () => {
  const sessions = [...times(5, { made: [1], hasNews: true }), ...times(4, { made: [2] })];
  expect(shareAmong(sessions, [1], 0.5)).toBe(0);
  expect(shareAmong(sessions, [4], 0.5)).toBe(0);
  expect(shareAmong([], [], 0.5)).toBe(0);
});
