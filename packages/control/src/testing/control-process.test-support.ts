import { createEmbeddedBus } from '@belay/bus';
import { systemClock, systemRandom } from '@belay/protocol';
import { createControl, createPgliteDatabase, createPostgresDatabase } from '../index.ts';

// A control in a process of its own, for tests that kill it. Arguments: database URL or folder, bus file, signing key (JSON).
const [database = '', busPath = '', key = ''] = process.argv.slice(2);
const bus = await createEmbeddedBus({ path: busPath, clock: systemClock });
await bus.ensureTopics();
const quiet = (): void => undefined;
const control = await createControl(
  { port: 0, ratePerSecond: 10_000 },
  {
    bus,
    database: database.startsWith('postgres:')
      ? await createPostgresDatabase({ url: database })
      : await createPgliteDatabase({ path: database }),
    signingKey: JSON.parse(key),
    clock: systemClock,
    random: systemRandom,
    logger: { info: quiet, warn: quiet, error: quiet },
  },
);
process.stdout.write(`${control.url}\n`);
