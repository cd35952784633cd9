import { BelayError, TOPICS } from '@belay/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outgoing } from '../contract/log.test-support.ts';
import { type CommitQueue, createCommitQueue } from './commit-queue.ts';
import { LogFile } from './log-file.ts';

let file: LogFile;
let queue: CommitQueue;
beforeEach(() => {
  file = new LogFile(':memory:');
  queue = createCommitQueue(file);
});
afterEach(() => file.close());

const head = () => file.head(TOPICS.decisions, 0);
const append = (text: string) => () => file.append(head(), outgoing('k', text));
const texts = (): string[] => file.read(head(), 0, { messages: 100, bytes: 1e6 }).map(({ value }) => Buffer.from(value ?? []).toString());

test('what arrives in one turn is one transaction', async () => {
  let commits = 0;
  queue.onCommit(() => {
    commits += 1;
  });
  await Promise.all(['a', 'b', 'c'].map((text) => queue.write(append(text))));
  expect([commits, texts()]).toEqual([1, ['a', 'b', 'c']]);
});

test('an entry that refuses itself leaves its neighbours alone', async () => {
  const refuse = (): void => {
    throw new BelayError('fenced', 'no');
  };
  const results = await Promise.allSettled([queue.write(append('a')), queue.write(refuse), queue.write(append('b'))]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(texts()).toEqual(['a', 'b']);
});

test('a failed transaction writes nothing, rejects all as retryable, and the next one gets the same offsets', async () => {
  const fail = (): void => {
    file.database.exec('INSERT INTO nowhere VALUES (1)');
  };
  const results = await Promise.allSettled([queue.write(append('lost')), queue.write(fail)]);
  for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', retryable: true } });
  await queue.write(append('kept'));
  expect(texts()).toEqual(['kept']);
  expect(file.read(head(), 0, { messages: 1, bytes: 1 })[0]?.offset).toBe(0n);
});

test('lazy work goes with the next transaction', async () => {
  let done = false;
  queue.writeLazily(() => {
    done = true;
  });
  await queue.write(append('a'));
  expect(done).toBe(true);
});
