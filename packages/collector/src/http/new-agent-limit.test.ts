import { createManualClock } from '@belay/testkit';
import { expect, it } from 'vitest';
import { createNewAgentLimit } from './new-agent-limit.ts';

const ids = (count: number, prefix = 'a'): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

it('lets a burst of new ids in, then as many as time allows; known ids are free', () => {
  const clock = createManualClock();
  const limit = createNewAgentLimit({ clock, burst: 10, perSecond: 2 });
  expect(limit.admit('t', 'token', ids(10))).toEqual({ ok: true });
  expect(limit.admit('t', 'token', ids(10))).toEqual({ ok: true });
  expect(limit.admit('t', 'token', ids(4, 'b'))).toEqual({ ok: false, retryAfterMs: 2000 });
  clock.advanceMs(2000);
  expect(limit.admit('t', 'token', ids(4, 'b'))).toEqual({ ok: true });
});

it('takes a request as a whole or not at all', () => {
  const limit = createNewAgentLimit({ clock: createManualClock(), burst: 3, perSecond: 1 });
  expect(limit.admit('t', 'token', ids(2))).toEqual({ ok: true });
  expect(limit.admit('t', 'token', ids(2, 'b'))).toMatchObject({ ok: false });
  expect(limit.admit('t', 'token', ids(1, 'b'))).toEqual({ ok: true });
});

it('lets a request with more ids than the burst in when nothing was spent, so that it is not stuck for ever', () => {
  const clock = createManualClock();
  const limit = createNewAgentLimit({ clock, burst: 5, perSecond: 1 });
  limit.admit('t', 'token', ['one']);
  expect(limit.admit('t', 'token', ids(50))).toEqual({ ok: false, retryAfterMs: 1000 });
  clock.advanceMs(1000);
  expect(limit.admit('t', 'token', ids(50))).toEqual({ ok: true });
});

it('counts each token and each tenant for itself', () => {
  const limit = createNewAgentLimit({ clock: createManualClock(), burst: 1, perSecond: 1 });
  for (const [tenant, token] of [
    ['t', 'x'],
    ['t', 'y'],
    ['u', 'x'],
  ] as const) {
    expect(limit.admit(tenant, token, [`new-${tenant}-${token}`])).toEqual({ ok: true });
  }
});
