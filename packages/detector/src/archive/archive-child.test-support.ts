/** Process: an archive on a log file and an engine over HTTP, until it is killed. Arguments: log file, engine url, database. */
import { createEmbeddedBus } from '@belay/bus';
import { systemClock } from '@belay/protocol';
import { createClickHouseStore } from '@belay/store';
import { pino } from 'pino';
import { createArchive } from './archive.ts';

const [path = '', url = '', database = ''] = process.argv.slice(2);
const bus = await createEmbeddedBus({ path, clock: systemClock });
const store = await createClickHouseStore({ url, database });
await createArchive({ maxRows: 50, lingerMs: 5, minBackoffMs: 20 }, { bus, store, clock: systemClock, logger: pino({ level: 'silent' }) });
// The engines' own timers do not keep a process alive; this one lives until it is killed.
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
