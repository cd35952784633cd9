import { systemClock } from '@belay/protocol';
import type { Bus } from '../bus.ts';
import { createEmbeddedBus } from '../embedded/embedded-bus.ts';
import { createKafkaBus } from '../kafka/kafka-bus.ts';

/** Where a log is, as plain data, so that a child process can open it too. */
export type LogAddress =
  | { readonly kind: 'embedded'; readonly path: string }
  | { readonly kind: 'kafka'; readonly bootstrap: string; readonly prefix: string };

export async function openLog(address: LogAddress, options: { queueBytes?: number } = {}): Promise<Bus> {
  const bus =
    address.kind === 'embedded'
      ? await createEmbeddedBus({ path: address.path, clock: systemClock, ...options })
      : await createKafkaBus({ brokers: [address.bootstrap], clientId: 'test', prefix: address.prefix, clock: systemClock, ...options });
  await bus.ensureTopics();
  return bus;
}
