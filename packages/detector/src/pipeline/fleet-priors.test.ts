import { type InputRecord, MESSAGE_MAX_BYTES } from '@belay/protocol';
import { describe, expect, test } from 'vitest';
import { FleetPriors } from './fleet-priors.ts';

type PriorRecord = Extract<InputRecord, { record: 'prior' }>;

const KEY = (n: number): string => n.toString(16).padStart(16, '0');
const prior = (version: number, keys: readonly number[], overrides: Partial<PriorRecord> = {}): PriorRecord => ({
  v: 1,
  record: 'prior',
  id: `p-${version}`,
  tenant: 'acme',
  agentName: 'office',
  detector: 'novel_endpoint',
  version,
  part: 0,
  parts: 1,
  keys: keys.map(KEY),
  atUs: version,
  ...overrides,
});
const taken = (...records: readonly PriorRecord[]): FleetPriors => {
  const priors = new FleetPriors();
  for (const record of records) priors.take(record);
  return priors;
};
const read = (priors: FleetPriors, agentName = 'office') => {
  const { version, has } = priors.of('acme', 'novel_endpoint', agentName);
  return { version, keys: [1, 2, 3, 4].filter((n) => has(KEY(n))) };
};

describe('priors of a partition', () => {
  test('none has arrived: version 0, and nothing is in it', () => {
    expect(read(taken())).toEqual({ version: 0, keys: [] });
    expect(taken(prior(1, [1])).of('acme', 'novel_endpoint', undefined)).toMatchObject({ version: 0 });
  });

  test('are apart by tenant, detector and name', () => {
    const priors = taken(
      prior(1, [1]),
      prior(2, [2], { tenant: 'other' }),
      prior(3, [3], { detector: 'drift' }),
      prior(4, [4], { agentName: 'shop' }),
    );
    expect(read(priors)).toEqual({ version: 1, keys: [1] });
    expect(read(priors, 'shop')).toEqual({ version: 4, keys: [4] });
  });

  test('a newer version replaces the one before as a whole; an older one, and a repeat, change nothing', () => {
    expect(read(taken(prior(1, [1, 2]), prior(2, [3])))).toEqual({ version: 2, keys: [3] });
    expect(read(taken(prior(2, [3]), prior(1, [1]), prior(2, [4])))).toEqual({ version: 2, keys: [3] });
  });

  test('a version takes effect when its last part is there, in whatever order they come', () => {
    const parts = [0, 1, 2].map((part) => prior(2, [part + 1], { part, parts: 3 }));
    for (const order of [parts, parts.toReversed()]) {
      const priors = taken(prior(1, [4]), ...order.slice(0, 2));
      expect(read(priors)).toEqual({ version: 1, keys: [4] });
      for (const last of order.slice(2)) priors.take(last);
      expect(read(priors)).toEqual({ version: 2, keys: [1, 2, 3] });
    }
  });

  test('parts of a version that was overtaken do not mix with the next', () => {
    const priors = taken(prior(2, [1], { part: 0, parts: 2 }), prior(3, [2], { part: 0, parts: 2 }), prior(2, [3], { part: 1, parts: 2 }));
    expect(read(priors)).toEqual({ version: 0, keys: [] });
    priors.take(prior(3, [4], { part: 1, parts: 2 }));
    expect(read(priors)).toEqual({ version: 3, keys: [2, 4] });
  });

  test('come back from a snapshot the same, parts that wait included', () => {
    const priors = taken(prior(1, [1]), prior(2, [2], { part: 0, parts: 2 }));
    const copy = new FleetPriors();
    for (const { key, value } of priors.takeChanged()) copy.load(key, value ?? new Uint8Array());
    for (const one of [priors, copy]) one.take(prior(2, [3], { part: 1, parts: 2 }));
    expect([read(copy), copy.takeChanged()]).toEqual([read(priors), priors.takeChanged()]);
  });

  test('each is stored by itself when it changed, so that no checkpoint outgrows what the log takes', () => {
    const names = Array.from({ length: 20 }, (_, n) => `name-${n}`);
    const parts = Array.from({ length: 8 }, (_, part) => part);
    const priors = taken(
      ...names.flatMap((agentName) =>
        parts.map((part) =>
          prior(
            1,
            Array.from({ length: 1_000 }, (_, n) => part * 1_000 + n),
            { agentName, part, parts: 8 },
          ),
        ),
      ),
    );
    const stored = priors.takeChanged();
    expect(stored).toHaveLength(20);
    for (const { value } of stored) expect(value?.length).toBeLessThan(MESSAGE_MAX_BYTES);
    expect(priors.takeChanged()).toEqual([]);
    priors.take(prior(2, [1], { agentName: 'name-3' }));
    expect(priors.takeChanged().map(({ key }) => key)).toEqual([expect.stringContaining('name-3')]);
    priors.revert(stored.map(({ key }) => key));
    expect(priors.takeChanged()).toHaveLength(20);
  });

  test('a thousand names are kept; of the tenant with the most the one renewed longest ago is forgotten', () => {
    const priors = taken(prior(1, [1]), ...Array.from({ length: 999 }, (_, n) => prior(1, [2], { agentName: `name-${n}` })), prior(2, [3]));
    priors.take(prior(1, [2], { agentName: 'one more' }));
    expect([read(priors).version, read(priors, 'name-0').version, read(priors, 'one more').version]).toEqual([2, 0, 1]);
  });
});
