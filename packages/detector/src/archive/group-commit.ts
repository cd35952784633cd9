import { FloodError, type Refused } from './insert-isolating.ts';

/** Joins what several partitions want stored into one insert at a time. */
export interface GroupCommit<T> {
  /** Resolves when all items are stored or refused, with the refused ones; rejects with what the insert threw. */
  submit(items: readonly T[]): Promise<readonly Refused<T>[]>;
  /** Stops waiting for more: what is pending goes now, what comes later goes at once. */
  hurry(): void;
}

export interface GroupCommitOptions<T> {
  /** Inserts, and answers which items it could not. */
  readonly insert: (items: readonly T[]) => Promise<readonly Refused<T>[]>;
  /** So many rows go at once; more than that go in several inserts. */
  readonly maxRows: number;
  readonly lingerMs: number;
}

interface Submission<T> {
  readonly items: readonly T[];
  readonly resolve: (refused: readonly Refused<T>[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Each submission waits for at most `lingerMs`, or until `maxRows` are together, or for the insert in hand; whatever came meanwhile goes
 * together. When they are a flood together, each submission is inserted alone: only those that are one themselves fail. Pending rows are bounded by what the callers hold: a partition submits its next batch after the last was answered.
 */
export function createGroupCommit<T>({ insert, maxRows, lingerMs }: GroupCommitOptions<T>): GroupCommit<T> {
  let pending: Submission<T>[] = [];
  let timer: NodeJS.Timeout | undefined;
  let inserting = false;
  let hurried = false;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (inserting || pending.length === 0) return;
    const group = pending;
    pending = [];
    inserting = true;
    await settle(group, insert, maxRows);
    inserting = false;
    schedule();
  };
  const schedule = (): void => {
    if (inserting || pending.length === 0) return;
    const rows = pending.reduce((sum, submission) => sum + submission.items.length, 0);
    if (hurried || rows >= maxRows) void flush();
    else timer ??= setTimeout(() => void flush(), lingerMs);
  };
  return {
    submit: (items) =>
      new Promise((resolve, reject) => {
        if (items.length === 0) return resolve([]);
        pending.push({ items, resolve, reject });
        schedule();
      }),
    hurry: () => {
      hurried = true;
      schedule();
    },
  };
}

async function settle<T>(group: readonly Submission<T>[], insert: GroupCommitOptions<T>['insert'], maxRows: number): Promise<void> {
  try {
    const items = group.flatMap((submission) => submission.items);
    const refused: Refused<T>[] = [];
    for (let from = 0; from < items.length; from += maxRows) refused.push(...(await insert(items.slice(from, from + maxRows))));
    const reasons = new Map(refused.map((one) => [one.item, one]));
    for (const submission of group) {
      submission.resolve(submission.items.map((item) => reasons.get(item)).filter((one) => one !== undefined));
    }
  } catch (error) {
    if (group.length > 1 && error instanceof FloodError) for (const one of group) await settle([one], insert, maxRows);
    else for (const submission of group) submission.reject(error);
  }
}
