// A detector in a process of its own. Arguments: Kafka bootstrap address, consumer group. Prints the lines it has judged, five times a second.
import { createKafkaBus } from '@belay/bus';
import { createDetector, parseDetectorConfig } from '@belay/detector';
import { systemClock } from '@belay/protocol';
import { pino } from 'pino';

const [bootstrap = '', group = 'bench'] = process.argv.slice(2);
const bus = await createKafkaBus({ brokers: [bootstrap], clientId: `detector-${process.pid}`, partitions: 2, clock: systemClock });
await bus.ensureTopics();
const parsed = parseDetectorConfig({ group });
if ('problems' in parsed) throw new Error(parsed.problems.join());
const detector = await createDetector(parsed.config, { bus, clock: systemClock, logger: pino({ level: 'warn' }, process.stderr) });

const judged = async (): Promise<number> =>
  Number(/^belay_detector_lines_total\{topic="belay\.decisions\.v1"\} (\d+)/m.exec(await detector.metrics())?.[1] ?? 0);
const timer = setInterval(async () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), lines: await judged(), cpuUs: user + system })}\n`);
}, 200);

process.once('SIGTERM', async () => {
  clearInterval(timer);
  await detector.stop();
  await bus.close();
  process.exit(0);
});
