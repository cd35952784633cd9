import type { InputRecord } from '@belay/protocol';
import { expect, test } from 'vitest';
import { AcceptedCauses, causeKeyOf } from './accepted-causes.ts';

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

const feedback = (cause: string | undefined, overrides: Partial<Feedback> = {}): Feedback => ({
  v: 1,
  record: 'feedback',
  id: 'f',
  tenant: 'acme',
  agentId: 'agent-1',
  anomalyId: 'sha256:x',
  detector: 'loop',
  rule: 'L1',
  ...(cause === undefined ? {} : { cause }),
  verdict: 'expected',
  change: 'given',
  atUs: 0,
  ...overrides,
});
const after = (...records: readonly Feedback[]): AcceptedCauses => {
  const causes = new AcceptedCauses();
  for (const record of records) causes.take(record);
  return causes;
};
const has = (causes: AcceptedCauses, cause = 'c', detector = 'loop'): boolean => causes.has(causeKeyOf(detector, cause));

test('expected and false positive accept a cause, a true positive does not', () => {
  expect(has(after(feedback('c')))).toBe(true);
  expect(has(after(feedback('c', { verdict: 'false_positive' })))).toBe(true);
  expect(has(after(feedback('c', { verdict: 'true_positive' })))).toBe(false);
});

test('the last word counts, and one that is taken back is none', () => {
  expect(has(after(feedback('c'), feedback('c', { verdict: 'true_positive' })))).toBe(false);
  expect(has(after(feedback('c'), feedback('c', { change: 'withdrawn' })))).toBe(false);
});

test('says nothing of other causes and other detectors, and nothing without a cause', () => {
  const causes = after(feedback('c'), feedback(undefined));
  expect([has(causes, 'd'), has(causes, 'c', 'spend_rate'), causes.of('loop', 9)]).toEqual([false, false, ['c']]);
});

test('taking one word back leaves what is said of other anomalies of the cause', () => {
  const both = [feedback('c'), feedback('c', { anomalyId: 'sha256:y' })];
  expect(has(after(...both, feedback('c', { anomalyId: 'sha256:y', change: 'withdrawn' })))).toBe(true);
});

test('a cause is what an anomaly carries of it, however long it was', () => {
  const long = 'x'.repeat(600);
  expect(has(after(feedback(long.slice(0, 512))), long)).toBe(true);
});

test('comes back from a snapshot the same; none, or one of before the field, is an empty one', () => {
  const causes = new AcceptedCauses();
  causes.restore(JSON.parse(JSON.stringify(after(feedback('c')).snapshot())));
  expect(has(causes)).toBe(true);
  causes.restore(undefined);
  expect(has(causes)).toBe(false);
});

test('256 causes are kept; the one accepted longest ago is forgotten', () => {
  const causes = after(feedback('c'), ...Array.from({ length: 255 }, (_, n) => feedback(`c${n}`)), feedback('c'), feedback('last'));
  expect([has(causes), has(causes, 'c0'), has(causes, 'last')]).toEqual([true, false, true]);
});
