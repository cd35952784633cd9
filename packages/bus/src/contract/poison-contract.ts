import { TOPICS } from '@belay/protocol';
import { expect, it } from 'vitest';
import type { Batch, Bus, OutgoingMessage } from '../bus.ts';
import { createPoisonLimit, deadLetter, messageToDeadLetter } from '../dead-letter.ts';
import { bytesOfLine, linesOf, packLines } from '../lines.ts';
import { type BusHarness, collect } from './log.test-support.ts';
import { withBus } from './with-bus.test-support.ts';

/** A reader as services write it: good lines are kept, bad ones go to the dead letters, too many stop it. */
function lineReader(bus: Bus, good: string[]): (batch: Batch) => Promise<void> {
  const limit = createPoisonLimit({ maxShare: 0.2, windowLines: 100 });
  return async ({ messages }) => {
    const letters: OutgoingMessage[] = [];
    for (const message of messages) {
      for (const line of linesOf(message)) {
        if (line.text.startsWith('{')) good.push(line.text);
        else
          letters.push(
            deadLetter(message, line.index, bytesOfLine(message, line), { reason: 'not an object', timestampUs: message.timestampUs }),
          );
      }
    }
    await bus.publisher.publish(letters);
    limit.record(good.length, letters.length);
  };
}

const nowUs = (): number => Date.now() * 1000;

/** Lines that cannot be read. */
export function poisonContract(harness: BusHarness): void {
  it('puts a bad line among the dead letters with reason, position and its bytes, and its neighbours through', () =>
    withBus(harness, async (bus) => {
      const good: string[] = [];
      const lines = [...Array.from({ length: 9 }, (_, index) => `{"n":${index}}`), 'broken \u0000 é', '{"n":9}'];
      const [message] = packLines({ topic: TOPICS.decisions, key: 'acme/a', lines, timestampUs: nowUs() });
      await bus.publisher.publish([message as OutgoingMessage]);
      const reader = await collect(bus, { before: lineReader(bus, good) });
      const letters = await collect(bus, { group: 'people', topic: TOPICS.deadLetter });
      await letters.atLeast(1);
      await reader.atLeast(1);
      expect(good).toHaveLength(10);
      const [letter] = letters.messages;
      const source = reader.messages[0];
      expect(letter?.key).toBe('acme/a');
      const read = letter === undefined ? { malformed: 'none' } : messageToDeadLetter(letter);
      expect(read).toMatchObject({
        letter: { reason: 'not an object', source: `${TOPICS.decisions}:${source?.partition}:${source?.offset}:9` },
      });
      expect('letter' in read && Buffer.from(read.letter.bytes).toString()).toBe('broken \u0000 é');
    }));

  it('stops the consumer, with a reason, when the share of bad lines is over the limit', () =>
    withBus(harness, async (bus) => {
      const lines = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? '{}' : 'poison'));
      await bus.publisher.publish(packLines({ topic: TOPICS.decisions, key: 'acme/a', lines, timestampUs: nowUs() }));
      const reader = await collect(bus, { before: lineReader(bus, []) });
      await expect(reader.consumer.stopped).rejects.toMatchObject({ code: 'corrupt', retryable: false });
      await expect(reader.consumer.stopped).rejects.toThrow(/20 of the last 40 lines are malformed/);
    }));
}
