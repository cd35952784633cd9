/** Process: an archive on a log and an engine over HTTP, until it is killed. Arguments: log file or `kafka://bootstrap/prefix`, engine url, database. */
import { createEmbeddedBus, createKafkaBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { createClickHouseStore } from '@belay/store';
import { pino } from 'pino';
import { createArchive } from './archive.ts';

const [path = '', url = '', database = ''] = process.argv.slice(2);
const kafka = /^kafka:\/\/([^/]+)\/(.+)$/.exec(path);
const bus =
  kafka === null
    ? await createEmbeddedBus({ path, clock: systemClock })
    : await createKafkaBus({ brokers: [kafka[1] ?? ''], prefix: kafka[2] ?? '', clientId: 'archive', clock: systemClock });
const store = await createClickHouseStore({ url, database });
await createArchive({ maxRows: 50, lingerMs: 5, minBackoffMs: 20 }, { bus, store, clock: systemClock, logger: pino({ level: 'silent' }) });
// The engines' own timers do not keep a process alive; this one lives until it is killed.
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
