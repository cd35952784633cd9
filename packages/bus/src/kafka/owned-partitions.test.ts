import { TOPICS } from '@belay/protocol';
import { expect, test } from 'vitest';
import { createKafkaNames } from './kafka-names.ts';
import { type AssignmentChange, createOwnedPartitions } from './owned-partitions.ts';
import { decodeOwned } from './sticky-assigner.ts';

const NAME = `p.${TOPICS.decisions}`;
const partitionsOf = (change: AssignmentChange) => ({
  kept: change.kept.map(({ assignment }) => assignment.partition),
  gained: change.gained.map(({ assignment }) => assignment.partition),
  lost: change.lost.map(({ assignment }) => assignment.partition),
});

test('a new assignment is told apart into kept, gained and lost; what is kept keeps its position', () => {
  const owned = createOwnedPartitions(createKafkaNames('p.'));
  expect(partitionsOf(owned.replace({ [NAME]: [0, 1] }, false))).toEqual({ kept: [], gained: [0, 1], lost: [] });
  const one = owned.get(NAME, 1);
  if (one !== undefined) one.position = 7n;
  expect(partitionsOf(owned.replace({ [NAME]: [1, 2] }, true))).toEqual({ kept: [1], gained: [2], lost: [0] });
  expect(owned.get(NAME, 1)?.position).toBe(7n);
  expect(owned.names()).toEqual([
    { topic: NAME, partition: 1 },
    { topic: NAME, partition: 2 },
  ]);
});

test('when others may have owned them meanwhile, everything is lost and gained again without position', () => {
  const owned = createOwnedPartitions(createKafkaNames('p.'));
  owned.replace({ [NAME]: [0] }, false);
  const before = owned.get(NAME, 0);
  if (before !== undefined) before.position = 7n;
  expect(partitionsOf(owned.replace({ [NAME]: [0] }, false))).toEqual({ kept: [], gained: [0], lost: [0] });
  expect(owned.get(NAME, 0)?.position).toBeUndefined();
});

test('topics that are not ours are ignored', () => {
  const owned = createOwnedPartitions(createKafkaNames('p.'));
  expect(partitionsOf(owned.replace({ foreign: [0], [TOPICS.decisions]: [1] }, false))).toEqual({ kept: [], gained: [], lost: [] });
});

test.each([
  undefined,
  null,
  Buffer.alloc(0),
  Buffer.from('{'),
  Buffer.from('{"topic":1}'),
  Buffer.from('[1,null,{"topic":"t","partition":"0"}]'),
])('a member whose claim is %s owns nothing', (userData) => {
  expect(decodeOwned(userData)).toEqual([]);
});
