import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGroupCommit } from './group-commit.ts';
import { FloodError } from './insert-isolating.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Records inserts; each is answered when told. */
function heldInsert(): { groups: number[][]; answer: (error?: Error) => void; insert: (items: readonly number[]) => Promise<[]> } {
  const groups: number[][] = [];
  let settle: ((error?: Error) => void) | undefined;
  return {
    groups,
    answer: (error) => settle?.(error),
    insert: (items) =>
      new Promise((resolve, reject) => {
        groups.push([...items]);
        settle = (error) => (error === undefined ? resolve([]) : reject(error));
      }),
  };
}

describe('group commit', () => {
  it('joins what comes within the linger time into one insert, and not before', async () => {
    const { groups, insert } = heldInsert();
    const commit = createGroupCommit({ insert, maxRows: 100, lingerMs: 500 });
    void commit.submit([1]);
    await vi.advanceTimersByTimeAsync(499);
    void commit.submit([2, 3]);
    expect(groups).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('does not wait once there are enough rows', () => {
    const { groups, insert } = heldInsert();
    const commit = createGroupCommit({ insert, maxRows: 3, lingerMs: 500 });
    void commit.submit([1]);
    void commit.submit([2, 3]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('has one insert in hand at a time; what comes meanwhile goes together afterwards', async () => {
    const { groups, insert, answer } = heldInsert();
    const commit = createGroupCommit({ insert, maxRows: 2, lingerMs: 500 });
    const first = commit.submit([0, 1]);
    void commit.submit([2]);
    void commit.submit([3]);
    expect(groups).toEqual([[0, 1]]);
    answer();
    await first;
    await vi.advanceTimersByTimeAsync(0);
    expect(groups).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('tells every submission of a failed insert, and goes on with the next', async () => {
    const { groups, insert, answer } = heldInsert();
    const commit = createGroupCommit({ insert, maxRows: 2, lingerMs: 500 });
    const both = Promise.allSettled([commit.submit([1]), commit.submit([2])]);
    answer(new Error('away'));
    expect((await both).map((result) => result.status)).toEqual(['rejected', 'rejected']);
    const next = commit.submit([4, 5]);
    answer();
    expect(await next).toEqual([]);
    expect(groups).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });

  it('does not let the flood of one submission reject the others', async () => {
    const insert = async (items: readonly number[]): Promise<[]> => {
      if (items.includes(666)) throw new FloodError('unavailable', 'flood', { retryable: true });
      return [];
    };
    const commit = createGroupCommit({ insert, maxRows: 3, lingerMs: 500 });
    const all = await Promise.allSettled([commit.submit([1]), commit.submit([666]), commit.submit([2])]);
    expect(all.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('cuts a submission that is larger than an insert may be', async () => {
    const groups: number[][] = [];
    const insert = async (items: readonly number[]): Promise<[]> => {
      groups.push([...items]);
      return [];
    };
    await createGroupCommit({ insert, maxRows: 2, lingerMs: 500 }).submit([1, 2, 3, 4, 5]);
    expect(groups).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('gives each submission its own refused items', async () => {
    const commit = createGroupCommit<{ n: number }>({
      insert: async (items) => items.filter(({ n }) => n > 1).map((item) => ({ item, reason: 'bad' })),
      maxRows: 3,
      lingerMs: 500,
    });
    const answers = await Promise.all([commit.submit([{ n: 1 }]), commit.submit([{ n: 2 }, { n: 0 }])]);
    expect(answers).toEqual([[], [{ item: { n: 2 }, reason: 'bad' }]]);
  });

  it('does not linger when hurried, and answers an empty submission at once', async () => {
    const { groups, insert } = heldInsert();
    const commit = createGroupCommit({ insert, maxRows: 100, lingerMs: 500 });
    void commit.submit([1]);
    commit.hurry();
    expect(groups).toEqual([[1]]);
    expect(await commit.submit([])).toEqual([]);
  });
});
