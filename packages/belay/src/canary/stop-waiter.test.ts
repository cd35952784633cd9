import { describe, expect, it } from 'vitest';
import { createStopWaiter } from './stop-waiter.ts';

const hold = (scopeId: string) =>
  ({
    id: `h-${scopeId}`,
    action: 'pause',
    scope: 'session',
    scopeId,
    reason: '',
    cause: { kind: 'anomaly', ref: '' },
    placedUs: 5,
  }) as const;
const notice = (state: 'applied' | 'confirmed', atUs: number, ...sessions: string[]) =>
  ({ commandId: 'c', epoch: 1, state, atUs, holds: sessions.map(hold) }) as const;

describe('stop waiter', () => {
  it('resolves for its own session only, once it is confirmed', async () => {
    const waiter = createStopWaiter();
    const stop = waiter.waitFor('mine', 1_000);
    waiter.take(notice('confirmed', 7, 'other'));
    waiter.take(notice('applied', 8, 'other', 'mine'));
    waiter.take(notice('confirmed', 9, 'mine'));
    expect(await stop).toEqual({ holdId: 'h-mine', heldUs: 5, appliedUs: 8, confirmedUs: 9 });
  });

  it('says how far the loop came when it is late', async () => {
    const waiter = createStopWaiter();
    await expect(waiter.waitFor('a', 5)).rejects.toThrow(/no pause came back within 5 ms/);
    const applied = waiter.waitFor('b', 20);
    waiter.take(notice('applied', 1, 'b'));
    await expect(applied).rejects.toThrow(/applied but not confirmed/);
  });
});
