import { expect, test } from 'vitest';
import { CoolDown, isStronger } from './cool-down.ts';

const SECOND_US = 1_000_000;
const finding = (n: number, severity: 'info' | 'warning' | 'critical' = 'warning') => ({
  id: `a${n}`,
  severity,
  mode: 'enforce' as const,
  atUs: n * SECOND_US,
});

test('a story of repeats is told once, then recorded at repeats 1, 4, 16 and 64 under the first', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  const told = Array.from({ length: 100 }, (_, n) => coolDown.admit('c', finding(n))).flatMap((one, n) =>
    one.publish ? [{ n, isRepeat: one.isRepeat, groupId: one.groupId }] : [],
  );
  expect(told).toEqual([
    { n: 0, isRepeat: false, groupId: undefined },
    ...[1, 4, 16, 64].map((n) => ({ n, isRepeat: true, groupId: 'a0' })),
  ]);
});

test('after the cool-down the cause is notified again under the first', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  coolDown.admit('c', finding(0));
  expect(coolDown.admit('c', finding(299))).toMatchObject({ isRepeat: true });
  expect(coolDown.admit('c', finding(300))).toMatchObject({ publish: true, isRepeat: false, groupId: 'a0' });
  expect(coolDown.admit('c', finding(301))).toMatchObject({ isRepeat: true });
});

test('a worse severity is told at once, a milder one is a repeat', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  coolDown.admit('c', finding(0, 'info'));
  expect(coolDown.admit('c', finding(1, 'warning'))).toMatchObject({ publish: true, isRepeat: false, groupId: 'a0' });
  expect(coolDown.admit('c', finding(2, 'info'))).toMatchObject({ isRepeat: true });
  expect(coolDown.admit('c', finding(3, 'critical'))).toMatchObject({ publish: true, isRepeat: false });
});

test('the first in a higher mode is told in full, whichever repeat it would be, and once for each mode', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  const told = (n: number, mode: 'shadow' | 'warn' | 'enforce') => !coolDown.admit('c', { ...finding(n), mode }).isRepeat;
  expect([told(0, 'shadow'), told(1, 'shadow'), told(2, 'shadow')]).toEqual([true, false, false]);
  expect([told(3, 'enforce'), told(4, 'enforce'), told(5, 'shadow'), told(6, 'enforce'), told(7, 'warn')]).toEqual([
    true,
    ...[false, false, false, false],
  ]);
  // After its cool-down a cause is told in the mode it has then, and may be raised from there again.
  expect([told(303, 'shadow'), told(304, 'warn'), told(305, 'enforce'), told(306, 'enforce')]).toEqual([true, true, true, false]);
});

test('a hint that is told because of a higher mode takes nothing away from the first finding that can pause in it', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  coolDown.admit('c', { ...finding(0), mode: 'shadow' });
  expect(coolDown.admit('c', finding(1, 'info'))).toMatchObject({ publish: true, isRepeat: false });
  for (let n = 2; n <= 6; n++) expect(coolDown.admit('c', finding(n, 'info'))).toMatchObject({ isRepeat: true });
  expect(coolDown.admit('c', finding(7))).toMatchObject({ publish: true, isRepeat: false });
  expect(coolDown.admit('c', finding(8, 'info'))).toMatchObject({ isRepeat: true });
  expect(coolDown.admit('c', finding(9))).toMatchObject({ publish: false, isRepeat: true });
});

test('a cool-down of an earlier version says no mode, and is raised by none', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  coolDown.restore([['c', 'a0', 0, 1, 1, 0]]);
  expect(coolDown.admit('c', finding(1))).toMatchObject({ publish: false, isRepeat: true });
});

test('different causes do not cool each other', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  coolDown.admit('c', finding(0));
  expect(coolDown.admit('d', finding(1))).toMatchObject({ publish: true, isRepeat: false });
});

test('once re-armed, the next repeat is told in full and counts as unanswered', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  coolDown.admit('c', finding(0));
  coolDown.answered('c', 'pause');
  coolDown.rearm();
  expect(coolDown.admit('c', finding(1))).toMatchObject({ publish: true, isRepeat: false, groupId: 'a0', answered: 'none' });
});

test('the strongest answer is remembered, and a stronger one is told apart from it', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  coolDown.admit('c', finding(0));
  coolDown.answered('c', 'notify');
  coolDown.answered('c', 'none');
  const { answered } = coolDown.admit('c', finding(1));
  expect(answered).toBe('notify');
  expect([isStronger('pause', answered), isStronger('notify', answered), isStronger('none', answered)]).toEqual([true, false, false]);
});

test('the 65th cause pushes out the one least recently seen', () => {
  const coolDown = new CoolDown(300 * SECOND_US);
  for (let i = 0; i < 64; i++) coolDown.admit(`c${i}`, finding(0));
  coolDown.admit('c0', finding(1));
  coolDown.admit('c64', finding(1));
  expect(coolDown.admit('c0', finding(2)).isRepeat).toBe(true);
  expect(coolDown.admit('c1', finding(2)).isRepeat).toBe(false);
});

test('a restored cool-down goes on exactly like the original', () => {
  const original = new CoolDown(300 * SECOND_US);
  for (let n = 0; n < 6; n++) original.admit(n % 2 === 0 ? 'c' : 'd', finding(n, n > 2 ? 'critical' : 'info'));
  original.answered('c', 'pause');
  const copy = new CoolDown(300 * SECOND_US);
  copy.restore(JSON.parse(JSON.stringify(original.snapshot())));
  for (let n = 6; n < 30; n++)
    expect(copy.admit(n % 3 === 0 ? 'c' : 'd', finding(n))).toEqual(original.admit(n % 3 === 0 ? 'c' : 'd', finding(n)));
});
