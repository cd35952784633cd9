import { createEmbeddedBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { expect, it } from 'vitest';
import { checkDelivery } from './testing/delivery-check.for-test.ts';

it.each([1, 2, 3, 4])(
  'over a failing embedded log, accepted and rejected together are what was sent, and each accepted is there (seed %i)',
  async (seed) => {
    const bus = await createEmbeddedBus({ path: ':memory:', clock: systemClock });
    try {
      await bus.ensureTopics();
      const { resends, repeats } = await checkDelivery(bus, seed, 120);
      expect(resends).toBeGreaterThan(10);
      expect(repeats).toBeGreaterThan(10);
    } finally {
      await bus.close();
    }
  },
);
