import { constants } from 'node:sqlite';
import { systemClock, TOPICS } from '@belay/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outgoing, until } from '../contract/log.test-support.ts';
import { createCommitQueue, createWakeups } from './commit-queue.ts';
import { createEmbeddedBus } from './embedded-bus.ts';
import { createGroupTable } from './group-table.ts';
import { LogFile } from './log-file.ts';
import { createPartitionWorker } from './partition-worker.ts';
import { createRetention } from './retention.ts';
import { createTroubles } from './troubles.ts';

const said: string[] = [];
const logger = {
  debug: () => undefined,
  info: (_fields: object, message: string) => void said.push(message),
  warn: () => undefined,
  error: (_fields: object, message: string) => void said.push(message),
};
let file: LogFile;
beforeEach(() => {
  said.length = 0;
  file = new LogFile(':memory:', { partitions: 1 });
});
afterEach(() => file.close());

/** SQLite itself refuses what `isRefused` names, as it would for a disk that fails. */
const refuse = (isRefused: (action: number, name: string | null) => boolean): void =>
  file.database.setAuthorizer((action, name) => (isRefused(action, name) ? constants.SQLITE_DENY : constants.SQLITE_OK));

test('a vacuum that fails is an error of the log that may be tried again', () => {
  const head = file.head(TOPICS.decisions, 0);
  file.transaction(() => file.append(head, outgoing('k', 'old', { timestampUs: 0 })));
  const retention = createRetention(file);
  refuse((action, name) => action === constants.SQLITE_PRAGMA && name === 'incremental_vacuum');
  expect(() => retention.sweep(1e16)).toThrow(expect.objectContaining({ code: 'unavailable', retryable: true }));
});

test('a sweep that fails does not end the process: logger and health say so until one succeeds', async () => {
  let isFailing = true;
  const nowUs = (): number => {
    if (isFailing) throw new RangeError('no time');
    return systemClock.nowUs();
  };
  const bus = await createEmbeddedBus({ path: ':memory:', clock: { ...systemClock, nowUs }, sweepIntervalMs: 1, logger });
  await until('not well', async () => !(await bus.isHealthy()));
  isFailing = false;
  await until('well again', () => bus.isHealthy());
  expect(said).toEqual(['the log fails; it is tried again', 'the log works again']);
  await bus.close();
});

test('a read that fails is tried again and does not stop the consumer; health says so meanwhile', async () => {
  const queue = createCommitQueue(file);
  const troubles = createTroubles(logger);
  const room = { file, queue, groups: createGroupTable(file), wakeups: createWakeups(queue), troubles };
  const head = file.head(TOPICS.decisions, 0);
  const seen: string[] = [];
  const failures: unknown[] = [];
  const onBatch = async ({ messages }: { messages: readonly { value: Uint8Array | undefined }[] }) =>
    void seen.push(...messages.map(({ value }) => Buffer.from(value ?? []).toString()));
  const options = { group: 'g', topics: [TOPICS.decisions], startFrom: 'earliest', handler: { onBatch } } as const;
  let isRefusing = true;
  refuse((action, name) => isRefusing && action === constants.SQLITE_READ && name === 'messages');
  const worker = createPartitionWorker(room, options, head, (error) => failures.push(error));
  await queue.write(() => file.append(head, outgoing('k', 'a')));
  await until('a failed read', () => !troubles.isWell());
  isRefusing = false;
  refuse(() => false);
  await until('a read that succeeds', () => seen.length === 1);
  expect([seen, failures, troubles.isWell()]).toEqual([['a'], [], true]);
  await worker.stop();
});
