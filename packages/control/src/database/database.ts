import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What control needs of PostgreSQL: the same promises by PGlite in process and by a server. Closing it is the owner's task. */
export interface Database {
  readonly kind: 'pglite' | 'postgres';
  readonly db: Kysely<Tables>;
  /** Brings the schema to the newest version. Idempotent; safe when several processes do it at once. */
  migrate(): Promise<void>;
  /**
   * Hears payloads of NOTIFY on the channel `belay_control`, sent by any process. `onGap` is called when messages may have been missed
   * (after a reconnect). On PGlite nothing is ever heard: it has one process, which signals itself.
   */
  listen(hear: (payload: string) => void, onGap: () => void): Promise<{ stop(): Promise<void> }>;
  /** Runs `task` while no other process runs one of the same name; waits for its turn. MUST NOT be called inside a transaction. */
  exclusively<T>(name: string, task: () => Promise<T>): Promise<T>;
  /** True when a query is answered. Settles within 2 s. */
  isHealthy(): Promise<boolean>;
  close(): Promise<void>;
}

/** The NOTIFY channel between replicas. */
export const CONTROL_CHANNEL = 'belay_control';
