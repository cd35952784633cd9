import type { DecisionEvent } from '@belay/protocol';
import { MANUAL_CLOCK_START_US } from '@belay/testkit';
import { acts, hands, pingPong } from './trees.test-support.ts';

/** Seconds since the start of the stream. */
const at = (seconds: number) => {
  const startUs = MANUAL_CLOCK_START_US + seconds * 1_000_000;
  return { startUs, receivedUs: startUs + 200_000 };
};

/** Numbered afresh in each attack, so that it is the same whatever ran before. */
const numbered = (events: readonly DecisionEvent[]): readonly DecisionEvent[] =>
  events.map((event, i) => ({ ...event, id: `${'f'.repeat(32)}:${i.toString(16).padStart(16, '0')}`, seq: i, ...at(i * 2) }));

const pastTrees = (spentNanoUsd: number, busy: number): DecisionEvent[] =>
  Array.from({ length: 22 }, (_, tree) =>
    [...Array.from({ length: busy }, () => hands('boss', 'root', 'worker', { digest: `work-${tree}` })), acts('worker', 'w')].map(
      (event, i) => ({
        ...event,
        rootSessionId: `past-${tree}`,
        costNanoUsd: i === busy ? spentNanoUsd : 0,
        ...at(tree * 3_600 + i),
      }),
    ),
  ).flat();

const later = (events: readonly DecisionEvent[], perSecond: number): DecisionEvent[] =>
  events.map((event, i) => ({ ...event, rootSessionId: 'now', ...at(200_000 + i / perSecond) }));

const many = (count: number): DecisionEvent[] =>
  Array.from({ length: count }, (_, i) => hands('boss', 'root', 'worker', { digest: `work-${i}` }));

const sameIds = (events: readonly DecisionEvent[]): readonly DecisionEvent[] =>
  events.map((event, i) => ({ ...event, id: `${'e'.repeat(32)}:${i.toString(16).padStart(16, '0')}`, seq: i }));

/** By rule: streams that `conversation_loop` is there to find. */
export const TREE_ATTACKS: Readonly<Record<string, () => readonly DecisionEvent[]>> = {
  cycle: () => numbered(pingPong(12)),
  depth: () =>
    numbered(
      Array.from({ length: 13 }, (_, i) => [
        ...(i === 0 ? [] : [acts(`agent-${i}`, `s-${i}`)]),
        hands(`agent-${i}`, i === 0 ? 'root' : `s-${i}`, `agent-${i + 1}`, { digest: `d-${i}` }),
      ]).flat(),
    ),
  rate: () => sameIds([...pastTrees(0, 3), ...later(many(30), 2)]),
  cap_rate: () => sameIds(later(many(601), 11)),
  tree_spend: () => sameIds([...pastTrees(300_000_000, 1), ...later([...many(1), acts('worker', 'w', { costNanoUsd: 2_000_000_000 })], 1)]),
  cap_spend: () => sameIds(later([...many(1), acts('worker', 'w', { costNanoUsd: 250_000_000_000 })], 1)),
};
