import { expect, test } from 'vitest';
import type { OutgoingMessage } from '../bus.ts';
import { outgoing, textOf } from '../contract/log.test-support.ts';
import { createPartitionLane } from './partition-lane.ts';

interface Request {
  readonly texts: (string | undefined)[];
  answer(error?: Error): void;
}

function lane() {
  const requests: Request[] = [];
  const transmit = (messages: readonly OutgoingMessage[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const texts = messages.map((message) => textOf({ ...message, headers: {}, partition: 0, offset: 0n }));
      requests.push({ texts, answer: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { requests, lane: createPartitionLane(transmit) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const messages = (...texts: string[]): OutgoingMessage[] => texts.map((text) => outgoing('k', text));

test('one request is in flight; what arrives meanwhile goes together in the next, in order', async () => {
  const { requests, lane: sender } = lane();
  const calls = [
    sender.send(messages('1', '2')),
    settled().then(() => sender.send(messages('3'))),
    settled().then(() => sender.send(messages('4', '5'))),
  ];
  await settled();
  await settled();
  expect(requests.map(({ texts }) => texts)).toEqual([['1', '2']]);
  requests[0]?.answer();
  await settled();
  expect(requests.map(({ texts }) => texts)).toEqual([
    ['1', '2'],
    ['3', '4', '5'],
  ]);
  requests[1]?.answer();
  await Promise.all(calls);
});

test('a call larger than a request is split, and resolves after its last piece', async () => {
  const { requests, lane: sender } = lane();
  let resolved = false;
  const call = sender.send(Array.from({ length: 5 }, () => outgoing('k', 'x'.repeat(250_000)))).then(() => {
    resolved = true;
  });
  await settled();
  expect(requests[0]?.texts).toHaveLength(3);
  requests[0]?.answer();
  await settled();
  expect(resolved).toBe(false);
  expect(requests[1]?.texts).toHaveLength(2);
  requests[1]?.answer();
  await call;
});

test('a failed request rejects the calls that were in it, the rest of those is not sent, later calls are', async () => {
  const { requests, lane: sender } = lane();
  const failing = sender.send(Array.from({ length: 5 }, () => outgoing('k', 'x'.repeat(250_000))));
  await settled();
  const later = sender.send(messages('later'));
  requests[0]?.answer(new Error('leader gone'));
  await expect(failing).rejects.toThrow('leader gone');
  await settled();
  expect(requests[1]?.texts).toEqual(['later']);
  requests[1]?.answer();
  await later;
});
