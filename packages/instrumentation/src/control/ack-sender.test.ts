import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Ack } from '@belay/protocol';
import { expect, it } from 'vitest';
import { eventually } from '../testing/eventually.test-support.ts';
import { AckSender } from './ack-sender.ts';

const ack = (commandId: string, state: Ack['state'] = 'applied'): Ack => ({
  agentId: 'a',
  runId: 'r',
  commandId,
  epoch: 1,
  state,
  atUs: 1,
  lastStartedSeq: 0,
  inFlight: 0,
});

function senderWith(statusOf: (nth: number) => number | 'down') {
  const posted: string[] = [];
  const calls = {
    ack: async (each: Ack) => {
      posted.push(each.commandId);
      const status = statusOf(posted.length);
      if (status === 'down') throw new Error('down');
      return { status, headers: {}, body: Buffer.alloc(0) };
    },
  };
  return { posted, sender: new AckSender(calls, { next: () => 0 }) };
}

it('sends again until control has it, and keeps the order', async () => {
  const { posted, sender } = senderWith((nth) => (nth === 1 ? 'down' : nth === 2 ? 503 : 204));
  sender.push(ack('a'));
  sender.push(ack('b'));
  await eventually(() => posted.length === 4, 'both are sent');
  expect(posted).toEqual(['a', 'a', 'a', 'b']);
});

it('goes on behind one that control will never take', async () => {
  const { posted, sender } = senderWith((nth) => (nth === 1 ? 404 : 204));
  sender.push(ack('unknown'));
  sender.push(ack('b'));
  await eventually(() => posted.length === 2, 'both are sent');
  expect(posted).toEqual(['unknown', 'b']);
});

it('is bounded, and the oldest gives way', async () => {
  const back = { now: false };
  const { posted, sender } = senderWith(() => (back.now ? 204 : 'down'));
  for (let i = 0; i < 1000; i += 1) sender.push(ack(String(i)));
  back.now = true;
  await eventually(() => posted.includes('999'), 'the newest is sent');
  expect(new Set(posted).size).toBeLessThan(300);
});

it('stops with one more try', async () => {
  const { posted, sender } = senderWith(() => 'down');
  sender.push(ack('a'));
  await sender.stop();
  expect(posted.length).toBeGreaterThan(0);
});

it('does not sleep when it is stopped: the last try is at once', async () => {
  const posted: Ack[] = [];
  const calls = {
    ack: async (each: Ack) => {
      posted.push(each);
      return { status: 503, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const anHourOfJitter = 3_600_000 / 25;
  const sender = new AckSender(calls, { next: () => anHourOfJitter });
  sender.push(ack('a'));
  await nextTurn();
  expect(posted).toHaveLength(1);
  await sender.stop();
  expect(posted).toHaveLength(2);
});
