import { vocabulary } from '@belay/protocol';
import { expect, test } from 'vitest';
import { type ResponseHistory, respond } from './respond.ts';

const { DETECTOR_MODES, RESPONSES, SEVERITIES } = vocabulary;
const NOW_US = 1_000_000_000;
const fresh = {
  nowUs: NOW_US,
  receivedUs: NOW_US - 1_000,
  staleAfterUs: 60_000_000,
  isCooling: false,
  isAccepted: false,
  mayKill: false,
  isProbe: false,
  isBreakerOpen: false,
} as const;
const stale = { ...fresh, nowUs: NOW_US + 60_000_001 } as const;
const FLAGS = ['isCooling', 'isAccepted', 'mayKill', 'isProbe', 'isBreakerOpen'] as const;

/** mode severity → response, nothing special about it; the same with killing allowed; the same when stale. */
const TABLE = [
  ['shadow', 'info', 'none', 'none', 'none'],
  ['shadow', 'warning', 'none', 'none', 'none'],
  ['shadow', 'critical', 'none', 'none', 'none'],
  ['warn', 'info', 'notify', 'notify', 'notify'],
  ['warn', 'warning', 'notify', 'notify', 'notify'],
  ['warn', 'critical', 'notify', 'notify', 'notify'],
  ['enforce', 'info', 'notify', 'notify', 'notify'],
  ['enforce', 'warning', 'pause', 'pause', 'notify'],
  ['enforce', 'critical', 'pause', 'kill', 'notify'],
] as const;

test.each(TABLE)('%s, %s: %s; with killing allowed %s; stale %s', (mode, severity, plain, killing, late) => {
  expect(respond({ severity }, mode, fresh).response).toBe(plain);
  expect(respond({ severity }, mode, { ...fresh, mayKill: true }).response).toBe(killing);
  expect(respond({ severity }, mode, { ...stale, mayKill: true }).response).toBe(late);
});

const every = function* (): Generator<{
  mode: (typeof DETECTOR_MODES)[number];
  severity: (typeof SEVERITIES)[number];
  history: ResponseHistory & { nowUs: number };
}> {
  for (const mode of DETECTOR_MODES)
    for (const severity of SEVERITIES)
      for (const base of [fresh, stale])
        for (let bits = 0; bits < 2 ** FLAGS.length; bits++)
          yield { mode, severity, history: { ...base, ...Object.fromEntries(FLAGS.map((flag, i) => [flag, (bits & (1 << i)) !== 0])) } };
};

test('over every combination: shadow never answers, warn never holds, info never holds, stale never holds, kill needs permission — probes apart', () => {
  let seen = 0;
  for (const { mode, severity, history } of every()) {
    seen++;
    const { response } = respond({ severity }, mode, history);
    expect(RESPONSES).toContain(response);
    const holds = response === 'pause' || response === 'kill';
    if (history.nowUs === stale.nowUs) expect(holds).toBe(false);
    if (history.isProbe) continue;
    if (mode === 'shadow') expect(response).toBe('none');
    if (mode === 'warn' || severity === 'info') expect(holds).toBe(false);
    if (history.isCooling || history.isAccepted) expect(response).toBe('none');
    if (history.isBreakerOpen) expect(holds).toBe(false);
    if (response === 'kill') expect([history.mayKill, severity, mode]).toEqual([true, 'critical', 'enforce']);
  }
  expect(seen).toBe(3 * 3 * 2 * 2 ** FLAGS.length);
});

test('what is held back says why', () => {
  const reason = (over: Partial<ResponseHistory>, base: typeof fresh | typeof stale = fresh) =>
    respond({ severity: 'warning' }, 'enforce', { ...base, ...over }).suppressed;
  expect(reason({})).toBeUndefined();
  expect(reason({}, stale)).toBe('stale');
  expect(reason({ isCooling: true })).toBe('cooldown');
  expect(reason({ isAccepted: true })).toBe('accepted');
  expect(reason({ isBreakerOpen: true })).toBe('breaker');
});

test('a decision received exactly 60 s ago is not stale, one microsecond more is', () => {
  const at = (age: number) => respond({ severity: 'warning' }, 'enforce', { ...fresh, receivedUs: NOW_US - age }).response;
  expect(at(60_000_000)).toBe('pause');
  expect(at(60_000_001)).toBe('notify');
});

test('a probe is paused whatever its severity and mode, unless it is stale', () => {
  for (const mode of DETECTOR_MODES)
    for (const severity of SEVERITIES) expect(respond({ severity }, mode, { ...fresh, isProbe: true })).toEqual({ response: 'pause' });
  expect(respond({ severity: 'info' }, 'enforce', { ...stale, isProbe: true })).toEqual({ response: 'notify', suppressed: 'stale' });
});
