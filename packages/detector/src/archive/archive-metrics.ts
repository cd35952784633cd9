import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LaneState } from './availability.ts';

/** What the archive counts; names are documented in docs/history.md. */
export interface ArchiveMetrics {
  readonly registry: Registry;
  readonly rows: Counter<'topic'>;
  readonly skipped: Counter<'topic'>;
  readonly inserts: Counter<'topic' | 'result'>;
  readonly deadLetters: Counter<'topic' | 'cause'>;
  readonly insertSeconds: Histogram<'topic'>;
}

export interface ArchiveGauges {
  readonly topic: string;
  state(): LaneState;
  /** Messages not archived yet, all partitions. */
  lag(): Promise<number>;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createArchiveMetrics(gauges: () => readonly ArchiveGauges[]): ArchiveMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name: `belay_archive_${name}`, help, labelNames, registers });
  registerGauges(registry, gauges);
  return {
    registry,
    rows: counter('rows_total', 'Rows stored, repeats after a crash included.', ['topic']),
    skipped: counter('skipped_lines_total', 'Lines that are no history: input records for detectors.', ['topic']),
    inserts: counter('inserts_total', 'Inserts by result.', ['topic', 'result']),
    deadLetters: counter('dead_letters_total', 'Lines given to the dead-letter topic: malformed, or refused by the engine.', [
      'topic',
      'cause',
    ]),
    insertSeconds: new Histogram({
      name: 'belay_archive_insert_duration_seconds',
      help: 'One insert, isolation of bad rows included.',
      labelNames: ['topic'],
      buckets: BUCKETS,
      registers,
    }),
  };
}

function registerGauges(registry: Registry, gauges: () => readonly ArchiveGauges[]): void {
  const gauge = (name: string, help: string, read: (one: ArchiveGauges) => number | Promise<number>): Gauge<'topic'> =>
    new Gauge({
      name: `belay_archive_${name}`,
      help,
      labelNames: ['topic'],
      registers: [registry],
      async collect() {
        for (const one of gauges()) this.set({ topic: one.topic }, await read(one));
      },
    });
  gauge('waiting', '1 while the store is away and the archive waits: alarm on it.', (one) => (one.state().state === 'waiting' ? 1 : 0));
  gauge('stopped', '1 when the archive gave up and needs a person: alarm on it.', (one) => (one.state().state === 'stopped' ? 1 : 0));
  gauge('lag_messages', 'Messages on the log that are not archived yet; NaN while the log does not answer.', (one) => one.lag());
}
