import { type Bus, createEmbeddedBus, createKafkaBus } from '@belay/bus';
import { createPgliteDatabase, createPostgresDatabase, type Database } from '@belay/control';
import { type Clock, isBelayError } from '@belay/protocol';
import { createChdbStore, createClickHouseStore, type Store } from '@belay/store';
import type { Logger } from 'pino';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { DataDir } from './data-dir.ts';
import type { UpSettings } from './up-settings.ts';

/** Names of the engines as chosen, for progress and status. */
export function engineNames({ kafka, clickhouse, postgres }: UpSettings): { bus: string; store: string; database: string } {
  return {
    bus: kafka === undefined ? 'embedded (node:sqlite)' : `Kafka at ${kafka.join(', ')}`,
    store: clickhouse === undefined ? 'embedded (chdb)' : `ClickHouse at ${clickhouse.url}`,
    database: postgres === undefined ? 'embedded (PGlite)' : `PostgreSQL at ${hostOf(postgres)}`,
  };
}

export interface EngineDeps {
  readonly dir: DataDir;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The log: Kafka, or a file in the data folder. Topics exist when this resolves. */
export async function openBus(settings: UpSettings, { dir, clock, logger }: EngineDeps): Promise<Bus> {
  const { kafka } = settings;
  return opened('The log', kafka?.join(',') ?? dir.bus, async () => {
    const bus =
      kafka === undefined
        ? await createEmbeddedBus({ path: dir.bus, clock, logger })
        : await createKafkaBus({ brokers: [...kafka], clientId: 'belay', clock, logger });
    await bus.ensureTopics();
    return bus;
  });
}

/** The history: ClickHouse, or its engine in this process. Migrated when this resolves. */
export async function openStore(settings: UpSettings, { dir, clock }: EngineDeps): Promise<Store> {
  const { clickhouse } = settings;
  return opened('The history', clickhouse?.url ?? dir.history, async () => {
    const store = clickhouse === undefined ? await createChdbStore({ path: dir.history, clock }) : await createClickHouseStore(clickhouse);
    await store.migrate();
    return store;
  });
}

/** Control's database: PostgreSQL, or PGlite in this process. */
export async function openDatabase(settings: UpSettings, { dir }: EngineDeps): Promise<Database> {
  const { postgres } = settings;
  return opened("Control's database", postgres === undefined ? dir.control : hostOf(postgres), async () => {
    return postgres === undefined ? createPgliteDatabase({ path: dir.control }) : createPostgresDatabase({ url: postgres });
  });
}

async function opened<T>(what: string, where: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (isBelayError(cause) && cause.code === 'bad_configuration') throw cause;
    throw new CliError(EXIT.unreachable, `${what} at ${where} could not be opened: ${messageOf(cause)}`, {
      hint: 'Is it running, is the address right, may this user use it? The log file has the details.',
      cause,
    });
  }
}

/** Host and database of a URL, without its credentials. */
function hostOf(url: string): string {
  return URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : 'an unreadable address';
}
