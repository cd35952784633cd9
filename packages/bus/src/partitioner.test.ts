import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kafkajs } from './kafka/kafkajs.ts';
import { murmur2, partitionForKey } from './partitioner.ts';

test('murmur2 gives the values of the test in Apache Kafka (UtilsTest.testMurmur2)', () => {
  const vectors: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ];
  for (const [text, hash] of vectors) expect(murmur2(Buffer.from(text))).toBe(hash);
});

test('a key goes where the default partitioner of kafkajs would put it', () => {
  const choose = kafkajs.Partitioners.DefaultPartitioner();
  const message = fc.record({ key: fc.string({ unit: 'binary', minLength: 1 }), count: fc.integer({ min: 1, max: 300 }) });
  fc.assert(
    fc.property(message, ({ key, count }) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
        partitionId,
        partitionErrorCode: 0,
        leader: 1,
        replicas: [1],
        isr: [1],
      }));
      expect(partitionForKey(key, count)).toBe(choose({ topic: 't', partitionMetadata, message: { key, value: null } }));
    }),
  );
});
