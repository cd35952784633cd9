import { BelayError } from '@belay/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FloodError, insertIsolating } from './insert-isolating.ts';

/** An engine that refuses every insert with a bad number in it, whole. */
function engine(isBad: (item: number) => boolean): {
  stored: number[];
  inserts: () => number;
  insert: (items: readonly number[]) => Promise<void>;
} {
  const stored: number[] = [];
  let inserts = 0;
  return {
    stored,
    inserts: () => inserts,
    insert: async (items) => {
      inserts += 1;
      const bad = items.find(isBad);
      if (bad !== undefined) throw new BelayError('bad_request', `row ${bad} is bad`);
      stored.push(...items);
    },
  };
}
const WITNESS = -1;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('isolating bad rows', () => {
  it('stores every good row once and refuses exactly the bad ones, each with its own reason, wherever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 200 }), fc.uniqueArray(fc.nat(199), { maxLength: 10 }), async (count, bad) => {
        const { stored, insert } = engine((item) => bad.includes(item));
        const refused = await insertIsolating(numbers(count), insert, { maxRefusedShare: 0.1, witness: WITNESS });
        expect(refused).toEqual(
          numbers(count)
            .filter((item) => bad.includes(item))
            .map((item) => ({ item, reason: `row ${item} is bad` })),
        );
        expect(stored.filter((item) => item !== WITNESS)).toEqual(numbers(count).filter((item) => !bad.includes(item)));
      }),
    );
  });

  it('costs one insert when all is well and a logarithm more for one bad row in five thousand', async () => {
    const well = engine(() => false);
    await insertIsolating(numbers(5000), well.insert, { maxRefusedShare: 0.1, witness: WITNESS });
    const oneBad = engine((item) => item === 3333);
    await insertIsolating(numbers(5000), oneBad.insert, { maxRefusedShare: 0.1, witness: WITNESS });
    expect([well.inserts(), oneBad.inserts() <= 1 + 2 * 13]).toEqual([1, true]);
  });

  it('gives no row up when most are refused: that is the schema, and it is retryable', async () => {
    const broken = engine(() => true);
    const attempt = insertIsolating(numbers(1000), broken.insert, { maxRefusedShare: 0.1, witness: WITNESS });
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable', retryable: true, message: expect.stringContaining('schema') });
    expect(broken.inserts()).toBeLessThan(1000);
  });

  it('gives nothing up when all are refused, one row or ten, unless a row that was stored before is taken again', async () => {
    for (const count of [1, 10]) {
      const attempt = (witness: number | undefined, isBad: (item: number) => boolean) =>
        insertIsolating(numbers(count), engine(isBad).insert, { maxRefusedShare: 0.1, witness });
      await expect(attempt(undefined, () => true)).rejects.toBeInstanceOf(FloodError);
      await expect(attempt(WITNESS, () => true)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
      expect(await attempt(WITNESS, (item) => item !== WITNESS)).toHaveLength(count);
    }
  });

  it('passes on what is no refusal of content, also in the middle of the search', async () => {
    let inserts = 0;
    const insert = async (): Promise<void> => {
      inserts += 1;
      throw inserts === 1 ? new BelayError('bad_request', 'bad') : new BelayError('unavailable', 'away', { retryable: true });
    };
    await expect(insertIsolating([1, 2], insert, { maxRefusedShare: 0.1, witness: WITNESS })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
