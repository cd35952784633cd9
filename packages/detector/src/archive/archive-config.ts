/** How the archive batches and waits. Every field has a default. */
export interface ArchiveConfig {
  /** Consumer groups are `<group>-decisions`, `<group>-anomalies`, `<group>-control`, `<group>-scores`. Default `belay-archive`. */
  readonly group?: string;
  /** Rows that make an insert go at once, and the most of one insert. ClickHouse likes few and large inserts. Default 5,000. */
  readonly maxRows?: number;
  /** Longest time a row waits for others, ms: the delay from the log to the views under low load. Default 500. */
  readonly lingerMs?: number;
  /** First and longest wait after a failed insert, ms; doubles in between. Defaults 250 and 15,000. */
  readonly minBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** While the store is away, the log says so once and then every so many ms. Default 60,000. */
  readonly alarmEveryMs?: number;
  /**
   * Rows of one insert that the engine may refuse one by one, as a share of it (never less than ten rows). More looks like a schema that
   * does not fit, and then nothing is given up: the archive waits and alarms. Default 0.1.
   */
  readonly maxRefusedShare?: number;
}

/** The configuration with every default filled in. */
export const withDefaults = (config: ArchiveConfig): Required<ArchiveConfig> => ({
  group: config.group ?? 'belay-archive',
  maxRows: config.maxRows ?? 5_000,
  lingerMs: config.lingerMs ?? 500,
  minBackoffMs: config.minBackoffMs ?? 250,
  maxBackoffMs: config.maxBackoffMs ?? 15_000,
  alarmEveryMs: config.alarmEveryMs ?? 60_000,
  maxRefusedShare: config.maxRefusedShare ?? 0.1,
});
