import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPartitions, type GroupMember, type NamedPartition } from './assignment.ts';

const plan = (members: readonly GroupMember[], counts: Record<string, number>): Record<string, string[]> =>
  Object.fromEntries(
    [...assignPartitions(members, new Map(Object.entries(counts)))].map(([id, partitions]) => [
      id,
      partitions.map(({ topic, partition }) => `${topic}${partition}`).sort(),
    ]),
  );
const member = (id: string, owned: NamedPartition[] = [], topics = ['t']): GroupMember => ({ id, topics, owned });
const t = (...partitions: number[]): NamedPartition[] => partitions.map((partition) => ({ topic: 't', partition }));

test('every partition has exactly one owner, shares differ by at most one, whatever members claim and in whatever order they come', () => {
  const claim = fc.record({ topic: fc.constantFrom('t', 'u', 'gone'), partition: fc.integer({ min: -1, max: 12 }) });
  const members = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1 }), owned: fc.array(claim) }), {
    selector: ({ id }) => id,
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(members, fc.nat(10), fc.nat(10), (group, inT, inU) => {
      const all = group.map(({ id, owned }) => member(id, owned, ['t', 'u']));
      const result = plan(all, { t: inT, u: inU });
      const names = [...Array.from({ length: inT }, (_, n) => `t${n}`), ...Array.from({ length: inU }, (_, n) => `u${n}`)];
      expect(Object.values(result).flat().sort()).toEqual(names.sort());
      for (const topic of ['t', 'u']) {
        const sizes = Object.values(result).map((names) => names.filter((name) => name.startsWith(topic)).length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
      expect(plan([...all].reverse(), { t: inT, u: inU })).toEqual(result);
    }),
  );
});

test('who stays keeps its partitions when another joins or leaves', () => {
  expect(plan([member('a', t(0, 1, 2, 3)), member('b')], { t: 4 })).toEqual({ a: ['t0', 't1'], b: ['t2', 't3'] });
  expect(plan([member('a', t(1, 2))], { t: 4 })).toEqual({ a: ['t0', 't1', 't2', 't3'] });
  expect(plan([member('a', t(3)), member('b', t(0, 1)), member('c')], { t: 4 })).toEqual({ a: ['t3'], b: ['t0', 't1'], c: ['t2'] });
});

test('a topic goes to its subscribers only', () => {
  expect(plan([member('a', [], ['t']), member('b', [], ['u'])], { t: 2, u: 1 })).toEqual({ a: ['t0', 't1'], b: ['u0'] });
});

test('two topics with one partition each are spread over two members', () => {
  expect(plan([member('a', [], ['t', 'u']), member('b', [], ['t', 'u'])], { t: 1, u: 1 })).toEqual({ a: ['t0'], b: ['u0'] });
});
