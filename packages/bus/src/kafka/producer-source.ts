import type { Producer } from 'kafkajs';
import { type NewKafkaClient, SEND_RETRY } from './kafka-client.ts';
import { kafkajs } from './kafkajs.ts';

/**
 * Lends the idempotent producer in use. After a send that failed for good its number sequence cannot be trusted: kafkajs takes the sequence back although
 * the broker may have written the batch, and the next batch with the same numbers would be acknowledged as a repeat without being
 * written. So a producer that failed once is not lent again: the next send gets a new one, with a new producer id.
 */
export interface ProducerSource {
  /** Runs `send` with the producer; its rejection retires the producer. */
  use<T>(send: (producer: Producer) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Lent {
  readonly producer: Promise<Producer>;
  users: number;
  retired: boolean;
}

export function createProducerSource(newClient: NewKafkaClient): ProducerSource {
  let current: Lent | undefined;
  const goodbyes = new Set<Promise<void>>();

  const connect = async (): Promise<Producer> => {
    const createPartitioner = kafkajs.Partitioners.DefaultPartitioner;
    // Without a bound of its own, an idempotent producer of kafkajs tries for ever.
    const producer = newClient().producer({ idempotent: true, retry: SEND_RETRY, allowAutoTopicCreation: false, createPartitioner });
    await producer.connect();
    return producer;
  };
  const retire = (lent: Lent): void => {
    lent.retired = true;
    if (current === lent) current = undefined;
  };
  const disconnectWhenUnused = (lent: Lent): void => {
    if (!lent.retired || lent.users > 0) return;
    const goodbye = lent.producer.then((producer) => producer.disconnect()).catch(() => undefined);
    goodbyes.add(goodbye);
    void goodbye.then(() => goodbyes.delete(goodbye));
  };
  return {
    async use(send) {
      current ??= { producer: connect(), users: 0, retired: false };
      const lent = current;
      lent.users += 1;
      try {
        return await send(await lent.producer);
      } catch (error) {
        retire(lent);
        throw error;
      } finally {
        lent.users -= 1;
        disconnectWhenUnused(lent);
      }
    },
    async close() {
      if (current !== undefined) {
        const last = current;
        retire(last);
        disconnectWhenUnused(last);
      }
      await Promise.all(goodbyes);
    },
  };
}
