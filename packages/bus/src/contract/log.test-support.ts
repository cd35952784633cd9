import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, TOPICS, type Topic } from '@belay/protocol';
import type { Batch, Bus, Consumer, ConsumerHandler, ConsumerOptions, LogMessage, OutgoingMessage } from '../bus.ts';
import type { LogAddress } from './open-log.test-support.ts';

/** One log with nothing on it, for one test. */
export interface LogUnderTest {
  readonly address: LogAddress;
  /** Opens a bus on the log. An embedded log has one at a time. */
  open(options?: { queueBytes?: number }): Promise<Bus>;
  /** Closes what was opened, removes the log. */
  dispose(): Promise<void>;
}

/** How a contract test gets logs of one kind. */
export interface BusHarness {
  readonly name: string;
  fresh(): Promise<LogUnderTest>;
}

const DEADLINE_MS = 100_000;

/** Polls until `check` holds: for what other processes and brokers do in their own time. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await sleep(10);
  }
}

export const keyOf = (index: number): string => `acme/agent-${index}`;

export const outgoing = (key: string, text: string | undefined, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  topic: TOPICS.decisions,
  key,
  value: text === undefined ? undefined : Buffer.from(text),
  timestampUs: systemClock.nowUs(),
  ...more,
});

/** Numbers 0 … count-1, dealt to `keys` keys in turn. */
export const numbered = (count: number, keys: number, from = 0): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) => outgoing(keyOf((from + index) % keys), String(from + index)));

export const textOf = (message: LogMessage): string | undefined =>
  message.value === undefined ? undefined : Buffer.from(message.value).toString();

/** A consumer that keeps what it gets. */
export interface Collector {
  readonly consumer: Consumer;
  readonly messages: LogMessage[];
  texts(): (string | undefined)[];
  atLeast(count: number): Promise<void>;
}

export interface CollectOptions {
  readonly group?: string;
  readonly topic?: Topic;
  readonly startFrom?: 'earliest' | 'latest';
  readonly commit?: 'after-batch' | 'manual';
  readonly onAssigned?: ConsumerHandler['onAssigned'];
  readonly onRevoked?: ConsumerHandler['onRevoked'];
  /** Called before the batch is kept; a rejection is the handler's. */
  readonly before?: (batch: Batch) => Promise<void>;
}

export const consumerOptions = (options: CollectOptions, onBatch: ConsumerHandler['onBatch']): ConsumerOptions => ({
  group: options.group ?? 'readers',
  topics: [options.topic ?? TOPICS.decisions],
  startFrom: options.startFrom ?? 'earliest',
  commit: options.commit ?? 'after-batch',
  handler: {
    onBatch,
    ...(options.onAssigned === undefined ? {} : { onAssigned: options.onAssigned }),
    ...(options.onRevoked === undefined ? {} : { onRevoked: options.onRevoked }),
  },
});

export async function collect(bus: Bus, options: CollectOptions = {}): Promise<Collector> {
  const messages: LogMessage[] = [];
  const consumer = await bus.consume(
    consumerOptions(options, async (batch) => {
      await options.before?.(batch);
      messages.push(...batch.messages);
    }),
  );
  return {
    consumer,
    messages,
    texts: () => messages.map(textOf),
    atLeast: (count) => until(`${count} messages, there are ${messages.length}`, () => messages.length >= count),
  };
}

export const totalLag = async (bus: Bus, group: string, topic: Topic = TOPICS.decisions): Promise<bigint> =>
  (await bus.lag(group, topic)).reduce((sum, { lag }) => sum + lag, 0n);

/** Numbers that `messages` hold per key, in order of arrival. */
export function numbersPerKey(messages: readonly LogMessage[]): Map<string, number[]> {
  const result = new Map<string, number[]>();
  for (const message of messages) result.set(message.key, [...(result.get(message.key) ?? []), Number(textOf(message))]);
  return result;
}
