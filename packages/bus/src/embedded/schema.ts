/**
 * Tables of the embedded log. `messages.id` is `log * 2^42 + offset`: one table, one b-tree, no secondary index, and every value stays a safe
 * integer. `latest` exists for compacted topics only. `groups` hold what consumers have committed, `epochs` who may write checkpoints.
 */
export const SCHEMA: string = `
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS logs (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL, UNIQUE (topic, partition)
) STRICT;
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB, headers TEXT, timestamp_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS latest (
  log INTEGER NOT NULL, key TEXT NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (log, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS groups (
  name TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL, PRIMARY KEY (name, topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS epochs (
  name TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (name, topic, partition)
) STRICT, WITHOUT ROWID;
`;

/** Offsets one partition can hold before ids would meet: 2^42, fourteen years at 10,000 messages a second; leaves room for LOGS_MAX logs. */
export const OFFSET_SPAN: number = 2 ** 42;
/** Logs (topic partitions) that one file can hold within safe integers. */
export const LOGS_MAX: number = 2 ** 11 - 1;
