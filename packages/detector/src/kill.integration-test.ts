import { randomUUID } from 'node:crypto';
import { createKafkaBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { type KafkaForTests, withKafka } from '@belay/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectAnomalies } from './testing/collect-anomalies.test-support.ts';
import { essence, killStream, publishStream, runChild, undisturbed } from './testing/kill-points.test-support.ts';

let kafka: KafkaForTests;
beforeAll(async () => {
  kafka = await withKafka();
});
afterAll(() => kafka.stop());

test('kill -9 of the detector on a real broker, at many points, changes no finding', async () => {
  const log = { kind: 'kafka', bootstrap: kafka.bootstrap, prefix: `${randomUUID()}.` } as const;
  const bus = await createKafkaBus({ brokers: [log.bootstrap], clientId: 'kill-test', prefix: log.prefix, clock: systemClock });
  try {
    await bus.ensureTopics();
    const records = killStream();
    const expected = undisturbed(records);
    await publishStream(bus, records);
    const points = [1, 3].flatMap((nth) =>
      (['publish', 'checkpoint'] as const).map((operation) => ({
        operation,
        nth,
        when: nth === 1 ? ('before' as const) : ('after' as const),
      })),
    );
    const endings: boolean[] = [];
    for (const kill of points) endings.push(await runChild({ log, kill }));
    expect(endings.filter((caughtUp) => !caughtUp).length).toBeGreaterThanOrEqual(3);
    expect(await runChild({ log })).toBe(true);
    expect(essence(await collectAnomalies(bus, expected.length))).toEqual(expected);
  } finally {
    await bus.close();
  }
});
