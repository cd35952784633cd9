import { type Anomaly, agentKey, type DecisionEvent, type InputRecord } from '@belay/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from './config.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { ATTACKS } from './testing/attack-streams.test-support.ts';
import { feedback } from './testing/records.test-support.ts';

type Item = DecisionEvent | InputRecord;

const config = { ...defaultDetectorConfig(), hotAgents: 3 };

/** An attack of a detector as another agent's, with runs and sessions of its own. */
function asAgent(items: readonly Item[], agentId: string): Item[] {
  return items.map((item, i): Item => {
    if ('record' in item) return { ...item, agentId } as InputRecord;
    const id = `${i.toString(16).padStart(32, '0')}:${[...agentId]
      .map((letter) => letter.charCodeAt(0).toString(16))
      .join('')
      .padStart(16, '0')
      .slice(-16)}`;
    return { ...item, id, agent: { ...item.agent, id: agentId, name: 'crew' } };
  });
}

const prior: InputRecord = {
  v: 1,
  record: 'prior',
  id: 'prior',
  tenant: 'acme',
  agentName: 'crew',
  detector: 'novel_endpoint',
  version: 1,
  part: 0,
  parts: 1,
  keys: ['00000000000000ab'],
  atUs: 1,
};

/** Every detector's attack (the last 300 items of it), each by an agent of its own, in turns; a prior and a person's word in between. */
const streams: readonly Item[][] = Object.entries(ATTACKS).map(([id, { attack }]) =>
  asAgent(attack.slice(-300), id === 'canary' ? 'belay-canary-1' : `agent-${id}`),
);
const longest = Math.max(...streams.map(({ length }) => length));
const items: readonly Item[] = Array.from({ length: longest }, (_, i) => [
  ...streams.flatMap((stream) => stream[i] ?? []),
  ...(i === 40 ? [prior, { ...feedback('loop', 'x'), agentId: 'agent-loop' }] : []),
]).flat();

const ownerOf = (item: Item): string => ('record' in item ? ('agentId' in item ? (item.agentId ?? '') : '') : item.agent.id);
const push = (pipeline: Pipeline, item: Item) => pipeline.push(item, 'record' in item ? item.atUs : item.receivedUs);
const essence = (found: readonly Anomaly[]) =>
  found
    .map(({ id, rule, severity, triggerDecisionId, response, groupId }) =>
      JSON.stringify([id, rule, severity, triggerDecisionId, response, groupId]),
    )
    .toSorted();

const undisturbed = new Pipeline(config);
const expected = essence(items.flatMap((item) => push(undisturbed, item)));

const stateOf = (pipeline: Pipeline, into: Map<string, Uint8Array>): void => {
  for (const { key, value } of pipeline.cut().changes()) {
    if (value === undefined) into.delete(key);
    else into.set(key, value);
  }
};

test('each attack is found', () => {
  expect(expected.length).toBeGreaterThan(streams.length);
});

test('whatever the partitions, and wherever detectors end and go on from their last checkpoint, the findings are the same', () => {
  const breaks = fc.array(fc.record({ at: fc.nat(items.length), back: fc.nat(200) }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), breaks, (partitions, disturbances) => {
      const found = new Map<string, Anomaly>();
      for (let partition = 0; partition < partitions; partition++) {
        const own = items.filter((item) => ownerOf(item) === '' || agentKey('acme', ownerOf(item)).length % partitions === partition);
        for (const one of runDisturbed(own, disturbances)) found.set(one.id, one);
      }
      expect(essence([...found.values()])).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});

/** Stores a checkpoint `back` items before each break; there a new detector takes over, restores it and judges what came after it again. */
function runDisturbed(own: readonly Item[], disturbances: readonly { readonly at: number; readonly back: number }[]): Anomaly[] {
  const found: Anomaly[] = [];
  const stored = new Map<string, Uint8Array>();
  let pipeline = new Pipeline(config);
  let from = 0;
  for (const { at, back } of disturbances.toSorted((a, b) => a.at - b.at)) {
    const end = Math.min(Math.max(at, from), own.length);
    const checkpoint = Math.max(from, end - back);
    for (const item of own.slice(from, checkpoint)) found.push(...push(pipeline, item));
    stateOf(pipeline, stored);
    for (const item of own.slice(checkpoint, end)) found.push(...push(pipeline, item));
    pipeline = new Pipeline(config);
    pipeline.restore(stored);
    from = checkpoint;
  }
  for (const item of own.slice(from)) found.push(...push(pipeline, item));
  return found;
}
