import { type Bus, linesOf } from '@belay/bus';
import { type DecisionEvent, decodeLine, TOPICS } from '@belay/protocol';
import { createSeededRandom, type SeededRandom } from '@belay/testkit';
import { expect } from 'vitest';
import { startCollectorOn } from './collector.for-test.ts';
import { createFaultyPublisher } from './faulty-publisher.for-test.ts';
import { encodeRequest } from './otlp-protobuf.for-test.ts';
import { request, spanIdOf, toolSpan } from './otlp-spans.for-test.ts';

/** A numbered span, and what the collector said of it in the end. */
interface Sent {
  readonly number: number;
  readonly bad: boolean;
}

interface Verdicts {
  readonly accepted: Set<number>;
  readonly rejected: Set<number>;
  resends: number;
}

const SENDERS = 4;

/**
 * The contract of the collector under a failing log: every span sent is accepted or rejected, never both; after de-duplication by
 * identity every accepted one is on the log exactly once; nothing is there that was not sent, or that was rejected as bad.
 */
export async function checkDelivery(bus: Bus, seed: number, requests: number): Promise<{ resends: number; repeats: number }> {
  const random = createSeededRandom(seed);
  const collector = await startCollectorOn({ publisher: createFaultyPublisher(bus.publisher, random), isHealthy: () => bus.isHealthy() });
  const verdicts: Verdicts = { accepted: new Set(), rejected: new Set(), resends: 0 };
  const batches = numberedBatches(random, requests);
  const sent = batches.flat();
  try {
    const sender = async (): Promise<void> => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) await deliver(collector.post, batch, random, verdicts);
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
  } finally {
    await collector.stop();
  }
  const { numbers, repeats } = await downstream(bus);
  expect(new Set([...verdicts.accepted, ...verdicts.rejected])).toEqual(new Set(sent.map(({ number }) => number)));
  expect([...verdicts.accepted].filter((number) => verdicts.rejected.has(number))).toEqual([]);
  expect([...verdicts.accepted].filter((number) => !numbers.has(number))).toEqual([]);
  const bad = new Set(sent.filter((span) => span.bad).map(({ number }) => number));
  expect([...numbers].filter((number) => bad.has(number) || number >= sent.length)).toEqual([]);
  return { resends: verdicts.resends, repeats };
}

function numberedBatches(random: SeededRandom, requests: number): Sent[][] {
  let number = 0;
  return Array.from({ length: requests }, () =>
    Array.from({ length: random.integer(1, 20) }, () => ({ number: number++, bad: random.next() < 0.05 })),
  );
}

/** Sends a batch as an exporter does: again on 429 and 503, never on anything else. */
async function deliver(
  post: (body: string | Buffer<ArrayBuffer>, headers?: Record<string, string>) => Promise<Response>,
  batch: readonly Sent[],
  random: SeededRandom,
  verdicts: Verdicts,
): Promise<void> {
  const body = request(batch.map(toSpan));
  const isProtobuf = random.next() < 0.5;
  for (;;) {
    const response = isProtobuf
      ? await post(encodeRequest(body), { 'content-type': 'application/x-protobuf' })
      : await post(JSON.stringify(body));
    await response.arrayBuffer();
    if (response.status === 429 || response.status === 503) {
      verdicts.resends += 1;
      continue;
    }
    for (const { number, bad } of batch) (response.status === 200 && !bad ? verdicts.accepted : verdicts.rejected).add(number);
    return;
  }
}

const toSpan = ({ number, bad }: Sent): unknown =>
  toolSpan(
    { 'gen_ai.agent.id': bad ? 'bad\nid' : `agent-${number % 7}`, 'belay.run.id': 'r', 'belay.decision.seq': number },
    { spanId: spanIdOf(number) },
  );

/** Everything on the log, by number, and how many events were there more than once. */
async function downstream(bus: Bus): Promise<{ numbers: Set<number>; repeats: number }> {
  const seen = new Map<string, DecisionEvent>();
  let events = 0;
  const consumer = await bus.consume({
    group: 'delivery-check',
    topics: [TOPICS.decisions],
    startFrom: 'earliest',
    handler: {
      async onBatch({ messages }) {
        for (const line of messages.flatMap(linesOf)) {
          const decoded = decodeLine(line.text);
          if (!('event' in decoded)) throw new Error(`unexpected line ${line.text}`);
          seen.set(`${decoded.event.agent.id} ${decoded.event.id}`, decoded.event);
          events += 1;
        }
      },
    },
  });
  const drained = async (): Promise<boolean> => (await bus.lag('delivery-check', TOPICS.decisions)).every(({ lag }) => lag === 0n);
  await expect.poll(drained, { interval: 20 }).toBe(true);
  await consumer.stop();
  return { numbers: new Set([...seen.values()].map(({ seq }) => seq ?? -1)), repeats: events - seen.size };
}
