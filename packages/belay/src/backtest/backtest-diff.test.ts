import type { Anomaly } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import { expect, test } from 'vitest';
import { createDiff } from './backtest-diff.ts';

const found = (more: Partial<Anomaly>): Anomaly =>
  anomaly({ detector: 'loop', rule: 'L1', cause: 'c1', sessionId: 's1', response: 'pause', ...more });

test('a story that only the proposed configuration answers is added, one that only the present answers is gone', () => {
  const diff = createDiff();
  diff.add([found({ cause: 'old', triggerUs: 5 })], [found({ cause: 'new', triggerUs: 3, explanation: 'It spends.' })]);
  expect(diff.result()).toMatchObject({
    added: [{ agentId: 'agent-1', sessionId: 's1', present: 'none', proposed: 'pause', atUs: 3, explanation: 'It spends.' }],
    gone: [{ present: 'pause', proposed: 'none', atUs: 5 }],
    same: 0,
  });
});

test('a story is the same though other decisions of it are found, and it says when it comes earlier', () => {
  const diff = createDiff();
  diff.add([], [found({ id: 'a', triggerUs: 1 })]);
  diff.add([found({ id: 'b', triggerUs: 4 })], [found({ id: 'b', triggerUs: 4 })]);
  expect(diff.result()).toEqual({ added: [], gone: [], same: 1, earlier: 1, later: 0, untold: 0 });
});

test('a story that is notified today and would be paused is added, whatever else is found of it', () => {
  const diff = createDiff();
  diff.add([found({ response: 'notify' })], [found({ response: 'notify' })]);
  diff.add([found({ response: 'notify' })], [found({ response: 'pause', triggerUs: 9 })]);
  expect(diff.result().added).toMatchObject([{ present: 'notify', proposed: 'pause', atUs: 9 }]);
});

test('what is only recorded makes no difference; other agents, sessions and causes are other stories', () => {
  const diff = createDiff();
  diff.add([], [found({ response: 'none' })]);
  diff.add([], [found({}), found({ agentId: 'b' }), found({ sessionId: 's2' }), found({ cause: 'c2' })]);
  expect(diff.result().added).toHaveLength(4);
});

test('the newest decisions are the evidence', () => {
  const diff = createDiff();
  const decisionIds = Array.from({ length: 20 }, (_, n) => `d${n}`);
  diff.add([], [found({ evidence: { decisionIds, facts: {} } })]);
  expect(diff.result().added[0]?.decisionIds).toEqual(decisionIds.slice(-8));
});
