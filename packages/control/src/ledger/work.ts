import type { AgentKey } from '@belay/protocol';
import { type Insertable, type Selectable, sql, type Transaction } from 'kysely';
import type { ControlSettings } from '../config.ts';
import { CONTROL_CHANNEL, type Database } from '../database/database.ts';
import { databaseErrorOf, isTransient } from '../database/database-error.ts';
import type { OutboxTable, Tables, TenantsTable } from '../database/tables.ts';

/** One transaction, the instant it happens at, and what must be told once it is committed. */
export interface Work {
  readonly tx: Transaction<Tables>;
  readonly nowUs: number;
  readonly settings: ControlSettings;
  newId(): string;
  /** The agent's signed state has changed. */
  stateChanged(key: AgentKey): void;
  /** To be published after the commit; written to the outbox at the end of the transaction, in this order. */
  publish(row: OutboxRow): void;
  /** Tenants that this transaction has locked, as they are now. */
  readonly tenants: Map<string, Selectable<TenantsTable>>;
  /** Tokens were revoked. */
  tokensChanged(): void;
}

type OutboxRow = Omit<Insertable<OutboxTable>, 'timestamp_us' | 'published_us'>;

/** What a committed transaction changed. */
export interface Changes {
  agents: string[];
  outbox: boolean;
  tokens: boolean;
}

export interface WorkDeps {
  readonly database: Database;
  readonly settings: ControlSettings;
  readonly nowUs: () => number;
  readonly newId: () => string;
  /** Told after the commit, in this process. */
  readonly onCommitted: (changes: Changes) => void;
}

/** Runs one unit of work: all of it is committed, or none. */
export type RunWork = <T>(task: (work: Work) => Promise<T>) => Promise<T>;

const TRIES = 3;
/** NOTIFY payloads are limited to 8,000 bytes and an agent key to ~830. */
const KEYS_PER_NOTICE = 8;

/**
 * Units of work on the database; other replicas hear of the changes by NOTIFY, this process by `onCommitted`.
 * @throws BelayError `unavailable` (retryable) when the database cannot be reached.
 */
export function createRunWork(deps: WorkDeps): RunWork {
  return async (task) => {
    for (let attempt = 1; ; attempt += 1) {
      const changes: Changes = { agents: [], outbox: false, tokens: false };
      try {
        const result = await deps.database.db.transaction().execute(async (tx) => {
          const outbox: OutboxRow[] = [];
          const work = workOf(deps, { tx, changes, outbox });
          const done = await task(work);
          await flush(work, outbox, changes);
          if (deps.database.kind === 'postgres') await notify(tx, changes);
          return done;
        });
        deps.onCommitted(changes);
        return result;
      } catch (error) {
        if (attempt < TRIES && isTransient(error)) continue;
        throw databaseErrorOf(error);
      }
    }
  };
}

function workOf(deps: WorkDeps, { tx, changes, outbox }: { tx: Transaction<Tables>; changes: Changes; outbox: OutboxRow[] }): Work {
  return {
    tx,
    nowUs: deps.nowUs(),
    settings: deps.settings,
    newId: deps.newId,
    stateChanged: (key) => {
      if (!changes.agents.includes(key)) changes.agents.push(key);
    },
    publish: (row) => void outbox.push(row),
    tenants: new Map(),
    tokensChanged: () => {
      changes.tokens = true;
    },
  };
}

/** One statement for all rows: ids in the order given, taken while the agents are still locked. */
async function flush(work: Work, outbox: readonly OutboxRow[], changes: Changes): Promise<void> {
  if (outbox.length === 0) return;
  const rows = outbox.map((row) => ({ ...row, timestamp_us: work.nowUs, published_us: null }));
  await work.tx.insertInto('outbox').values(rows).execute();
  changes.outbox = true;
}

async function notify(tx: Transaction<Tables>, changes: Changes): Promise<void> {
  if (changes.agents.length === 0 && !changes.outbox && !changes.tokens) return;
  for (let at = 0; at === 0 || at < changes.agents.length; at += KEYS_PER_NOTICE) {
    const notice: Changes = { ...changes, agents: changes.agents.slice(at, at + KEYS_PER_NOTICE) };
    await sql`select pg_notify(${CONTROL_CHANNEL}, ${JSON.stringify(notice)})`.execute(tx);
  }
}

/** Undefined when the payload is not one of ours. */
export function parseNotice(payload: string): Changes | undefined {
  try {
    const value = JSON.parse(payload) as Partial<Changes> | null;
    if (!Array.isArray(value?.agents)) return undefined;
    return { agents: value.agents.filter((key) => typeof key === 'string'), outbox: value.outbox === true, tokens: value.tokens === true };
  } catch {
    return undefined;
  }
}
