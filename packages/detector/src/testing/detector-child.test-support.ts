// A detector in a process of its own, which ends itself with KILL at one exact point, or when it has caught up.
import { type Bus, createEmbeddedBus, createKafkaBus } from '@belay/bus';
import { isBelayError, systemClock, TOPICS } from '@belay/protocol';
import pino from 'pino';
import { parseDetectorConfig } from '../config.ts';
import { createDetector } from '../service.ts';
import { busWith } from './bus-with.test-support.ts';
import type { ChildOrder } from './kill-points.test-support.ts';

const order: ChildOrder = JSON.parse(process.argv[2] ?? '{}');
const counts = { publish: 0, checkpoint: 0 };
const killMe = (): never => process.kill(process.pid, 'SIGKILL') as never;

async function atPoint<T>(operation: 'publish' | 'checkpoint', work: () => Promise<T>): Promise<T> {
  counts[operation]++;
  const isHere = order.kill?.operation === operation && order.kill.nth === counts[operation];
  if (isHere && order.kill?.when === 'before') killMe();
  const result = await work();
  if (isHere) killMe();
  return result;
}

const open = async (): Promise<Bus> =>
  order.log.kind === 'embedded'
    ? createEmbeddedBus({ path: order.log.path, clock: systemClock })
    : createKafkaBus({ brokers: [order.log.bootstrap], clientId: `detector-${process.pid}`, prefix: order.log.prefix, clock: systemClock });

const bus = await open();
await bus.ensureTopics();
/** The bus with a trapdoor under each effect. */
const trapped = busWith(bus, {
  publisher: { publish: (messages) => atPoint('publish', () => bus.publisher.publish(messages)) },
  openCheckpoints: async (source) => {
    const writer = await bus.openCheckpoints(source);
    return {
      checkpoint: (snapshots, nextOffset) => atPoint('checkpoint', () => writer.checkpoint(snapshots, nextOffset)),
      close: () => writer.close(),
    };
  },
});
const parsed = parseDetectorConfig({ checkpointSeconds: 0.005, hotAgents: 4 });
if (!('config' in parsed)) throw new Error(parsed.problems.join());
await createDetector(parsed.config, { bus: trapped, clock: systemClock, logger: pino({ level: 'silent' }) });

/** The log may be busy handing the dead child's partitions over: then it is asked again. */
const isCaughtUp = async (): Promise<boolean> => {
  try {
    const lags = [
      ...(await bus.lag(parsed.config.group, TOPICS.decisions)),
      ...(await bus.lag(`${parsed.config.group}-conversations`, TOPICS.conversations)),
    ];
    return lags.every(({ lag }) => lag === 0n);
  } catch (error) {
    if (isBelayError(error) && error.retryable) return false;
    throw error;
  }
};
while (order.stays === true || !(await isCaughtUp())) await new Promise((resolve) => setTimeout(resolve, 10));
process.stdout.write('caught up\n', killMe);
