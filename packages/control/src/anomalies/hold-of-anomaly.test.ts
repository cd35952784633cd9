import type { Anomaly } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import { expect, test } from 'vitest';
import { holdOfAnomaly } from './hold-of-anomaly.ts';

const NOW_US = 1_767_600_000_000_000;
const STALE_MS = 60_000;
const found = (more: Partial<Anomaly>): Anomaly => anomaly({ mode: 'enforce', response: 'pause', detectedUs: NOW_US, ...more });
const verdict = (more: Partial<Anomaly>) => holdOfAnomaly(found(more), NOW_US, STALE_MS);

test.each([
  [{ response: 'none' as const }, 'recorded'],
  [{ response: 'notify' as const }, 'recorded'],
  [{ suppressed: 'learning' as const }, 'suppressed'],
  [{ suppressed: 'breaker' as const }, 'suppressed'],
  [{ mode: 'shadow' as const }, 'suppressed'],
  [{ mode: 'warn' as const }, 'suppressed'],
  [{ detectedUs: NOW_US - STALE_MS * 1000 - 1 }, 'stale'],
])('%j holds nobody: %s', (more, none) => {
  expect(verdict(more)).toEqual({ none });
});

test('an anomaly that is just young enough holds', () => {
  expect(verdict({ detectedUs: NOW_US - STALE_MS * 1000 })).toHaveProperty('hold');
});

test('one rule of one detector is one cause, whatever the trigger', () => {
  const first = verdict({ id: 'a', detector: 'loop', rule: 'L1' });
  const second = verdict({ id: 'b', detector: 'loop', rule: 'L1' });
  expect([first, second]).toMatchObject([
    { hold: { causeKey: 'loop/L1', cause: { ref: 'a' } } },
    { hold: { causeKey: 'loop/L1', cause: { ref: 'b' } } },
  ]);
});
