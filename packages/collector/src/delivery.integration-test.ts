import { createKafkaBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { withKafka } from '@belay/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkDelivery } from './testing/delivery-check.for-test.ts';

let kafka: Awaited<ReturnType<typeof withKafka>>;
beforeAll(async () => {
  kafka = await withKafka();
});
afterAll(() => kafka.stop());

it.each([11, 12])(
  'over a failing Kafka, accepted and rejected together are what was sent, and each accepted is there (seed %i)',
  async (seed) => {
    const prefix = `collector-delivery-${seed}-${process.pid}.`;
    const bus = await createKafkaBus({ brokers: [kafka.bootstrap], clientId: 'collector-test', clock: systemClock, prefix });
    try {
      await bus.ensureTopics();
      const { resends, repeats } = await checkDelivery(bus, seed, 60);
      expect(resends).toBeGreaterThan(5);
      expect(repeats).toBeGreaterThan(5);
    } finally {
      await bus.close();
    }
  },
);
