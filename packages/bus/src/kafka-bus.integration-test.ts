import { randomUUID } from 'node:crypto';
import { type KafkaForTests, withKafka } from '@belay/testkit';
import { afterAll, beforeAll } from 'vitest';
import type { Bus } from './bus.ts';
import { busContract } from './bus-contract.ts';
import { openLog } from './contract/open-log.test-support.ts';

let kafka: KafkaForTests;
beforeAll(async () => {
  kafka = await withKafka();
});
afterAll(() => kafka.stop());

busContract({
  name: 'Kafka',
  async fresh() {
    const address = { kind: 'kafka', bootstrap: kafka.bootstrap, prefix: `${randomUUID()}.` } as const;
    const opened: Bus[] = [];
    return {
      address,
      async open(options) {
        const bus = await openLog(address, options);
        opened.push(bus);
        return bus;
      },
      async dispose() {
        await Promise.all(opened.map((bus) => bus.close()));
      },
    };
  },
});
