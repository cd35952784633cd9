import type { Anomaly, DecisionEvent, DetectorMode, InputRecord } from '@belay/protocol';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { call } from '../testing/streams.test-support.ts';
import { Pipeline } from './pipeline.ts';

const mode = (to: DetectorMode, atUs: number, label: object = {}): InputRecord => ({
  ...{ v: 1, record: 'mode', id: `m${atUs}`, tenant: 'acme', detector: 'loop', mode: to, atUs },
  ...label,
});
const loop = (from: number, to: number): DecisionEvent[] => Array.from({ length: to - from + 1 }, (_, i) => call(from + i, 'a', 'r'));

function run(records: readonly (DecisionEvent | InputRecord)[], pipeline = new Pipeline(defaultDetectorConfig())): Anomaly[] {
  return records.flatMap((record) => pipeline.push(record, 'record' in record ? record.atUs : record.receivedUs));
}

/** Number of the call at which a loop was paused. */
const pausedAt = (found: readonly Anomaly[]): string[] =>
  found.filter(({ response }) => response === 'pause').map(({ triggerDecisionId }) => triggerDecisionId ?? '');

test.each([
  ['all agents', {}],
  ['one agent', { agentId: 'agent-1' }],
])('after a promotion for %s the next repeat of an open loop is paused, whichever repeat it is, and no other', (_, label) => {
  // Repeats 1, 4 and 16 are recorded anyway: 5, 9 and 20 are calls that are none of them.
  for (const promotedAfter of [5, 9, 20]) {
    const records = [mode('shadow', 1), ...loop(1, promotedAfter), mode('enforce', 2, label), ...loop(promotedAfter + 1, 45)];
    const [next] = loop(promotedAfter + 1, promotedAfter + 1);
    expect(pausedAt(run(records))).toEqual([next?.id]);
  }
});

test('a promotion to warn is told at once, too, and one from warn to enforce again', () => {
  const found = run([mode('shadow', 1), ...loop(1, 7), mode('warn', 2), ...loop(8, 9), mode('enforce', 3), ...loop(10, 12)]);
  const answers = found
    .filter(({ response }) => response !== 'none')
    .map(({ response, triggerDecisionId }) => [triggerDecisionId, response]);
  const [eighth, , tenth] = loop(8, 10);
  expect(answers).toEqual([
    [eighth?.id, 'notify'],
    [tenth?.id, 'pause'],
  ]);
  expect(new Set(found.slice(1).map(({ groupId }) => groupId))).toEqual(new Set([found[0]?.id]));
});

test('a promotion does not depend on when the detector was restarted', () => {
  const records = [mode('shadow', 1), ...loop(1, 9), mode('enforce', 2), ...loop(10, 20)];
  const whole = run(records).map(({ id, response }) => [id, response]);
  for (let cut = 1; cut < records.length; cut++) {
    const before = new Pipeline(defaultDetectorConfig());
    const found = run(records.slice(0, cut), before);
    const after = new Pipeline(defaultDetectorConfig());
    after.restore(
      new Map(
        before
          .cut()
          .changes()
          .flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
      ),
    );
    expect([...found, ...run(records.slice(cut), after)].map(({ id, response }) => [id, response])).toEqual(whole);
  }
});
