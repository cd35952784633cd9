import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FleetUsage, type FleetUse } from './fleet-usage.ts';

const use = (agentId: string, keys: readonly string[], isFlagged = false, agentName = 'office'): FleetUse => ({
  tenant: 'acme',
  agentName,
  agentId,
  keys,
  isFlagged,
});
const fold = (uses: readonly FleetUse[]) => {
  const usage = new FleetUsage();
  for (const one of uses) usage.take(one);
  return usage.changed();
};
const keysOf = (uses: readonly FleetUse[]) => fold(uses).flatMap(({ keys }) => keys);

describe('what is normal in a fleet', () => {
  test('two agents of one name are enough, one is not, however often', () => {
    expect(keysOf([use('a', ['k']), use('b', ['k'])])).toEqual(['k']);
    expect(keysOf([use('a', ['k']), use('a', ['k']), use('a', ['k'])])).toEqual([]);
  });

  test('names and tenants are apart', () => {
    expect(keysOf([use('a', ['k']), use('b', ['k'], false, 'shop')])).toEqual([]);
    expect(keysOf([use('a', ['k']), { ...use('b', ['k']), tenant: 'other' }])).toEqual([]);
  });

  test('flagged use does not count for a key, and speaks against it', () => {
    expect(keysOf(['a', 'b', 'c', 'd', 'e'].map((agent) => use(agent, ['k'], true)))).toEqual([]);
    const missedByTwo = [use('a', ['k']), use('b', ['k']), ...['c', 'd', 'e', 'f'].map((agent) => use(agent, ['k'], true))];
    expect(keysOf(missedByTwo)).toEqual([]);
    expect(keysOf([...missedByTwo, use('g', ['k'])])).toEqual(['k']);
  });

  test('a key that is flagged later is taken back', () => {
    const usage = new FleetUsage();
    for (const agent of ['a', 'b']) usage.take(use(agent, ['k']));
    expect(usage.changed()).toEqual([{ tenant: 'acme', agentName: 'office', keys: ['k'] }]);
    for (const agent of ['c', 'd', 'e', 'f']) usage.take(use(agent, ['k'], true));
    expect(usage.changed()).toEqual([{ tenant: 'acme', agentName: 'office', keys: [] }]);
  });

  test('says only what has changed since it was asked', () => {
    const usage = new FleetUsage();
    for (const agent of ['a', 'b']) usage.take(use(agent, ['k']));
    expect(usage.changed()).toHaveLength(1);
    usage.take(use('c', ['k', 'other']));
    expect(usage.changed()).toEqual([]);
  });

  test('the order of what is folded does not matter', () => {
    const uses = fc.array(
      fc
        .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('k', 'l', 'm'), fc.boolean())
        .map(([agent, key, flag]) => use(agent, [key], flag)),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        uses.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(keysOf(shuffled)).toEqual(keysOf(list));
        },
      ),
    );
  });

  test('is bounded: a thousand names, the newest used, whatever agents call themselves', () => {
    const usage = new FleetUsage();
    const names = Array.from({ length: 1_200 }, (_, n) => `name-${n}`);
    for (const name of names) for (const agent of ['a', 'b']) usage.take(use(agent, ['k'], false, name));
    expect(usage.changed().map(({ agentName }) => agentName)).toEqual(names.slice(-1_000));
  });

  test('names that one tenant makes up push out no name of another', () => {
    const usage = new FleetUsage();
    for (const agent of ['a', 'b']) usage.take({ ...use(agent, ['k']), tenant: 'quiet' });
    for (let n = 0; n < 1_200; n++) for (const agent of ['a', 'b']) usage.take(use(agent, ['k'], false, `name-${n}`));
    expect(usage.changed()).toContainEqual({ tenant: 'quiet', agentName: 'office', keys: ['k'] });
  });

  test('is bounded: eight thousand keys of a name, whatever agents invent', () => {
    const many = Array.from({ length: 60_000 }, (_, n) => n.toString(16).padStart(16, '0'));
    expect(keysOf([use('a', many), use('b', many)]).length).toBeLessThanOrEqual(8_000);
  });
});
