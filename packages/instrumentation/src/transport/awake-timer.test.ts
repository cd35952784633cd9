import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../testing/eventually.test-support.ts';
import { awakeTimer } from './awake-timer.ts';

function fakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** The process does nothing for this long, as on a machine that stands still. */
const standStill = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

it('calls back once, when the time has passed', () => {
  fakeTime();
  let calls = 0;
  awakeTimer(1000, () => {
    calls += 1;
  });
  vi.advanceTimersByTime(999);
  expect(calls).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(calls).toBe(1);
});

it('does not call back when it was cancelled, whenever that was', () => {
  fakeTime();
  for (const afterMs of [0, 300, 900]) {
    const cancel = awakeTimer(1000, () => expect.unreachable());
    vi.advanceTimersByTime(afterMs);
    cancel();
    vi.advanceTimersByTime(5000);
  }
});

it('lets what came during a stall be read first', async () => {
  const order: string[] = [];
  awakeTimer(400, () => order.push('time is up'));
  standStill(500);
  // What came is read in the second turn at the latest, behind every timer that was due.
  await nextTurn();
  await nextTurn();
  order.push('what came was read');
  await eventually(() => order.length === 2, 'time is up');
  expect(order).toEqual(['what came was read', 'time is up']);
});
