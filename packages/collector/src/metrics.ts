import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the collector counts; names are documented in docs/collector.md. */
export interface CollectorMetrics {
  readonly registry: Registry;
  readonly requests: Counter<'status' | 'encoding'>;
  readonly received: Counter;
  readonly accepted: Counter;
  readonly skipped: Counter;
  readonly rejected: Counter<'reason'>;
  readonly shrunk: Counter;
  readonly wireBytes: Counter<'encoding'>;
  readonly decodedBytes: Counter<'encoding'>;
  readonly requestSeconds: Histogram;
  readonly publishSeconds: Histogram;
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param inFlightBytes read at each scrape. */
export function createCollectorMetrics(inFlightBytes: () => number): CollectorMetrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> =>
    new Counter({ name: `belay_collector_${name}`, help, labelNames, registers });
  const seconds = (name: string, help: string): Histogram =>
    new Histogram({ name: `belay_collector_${name}`, help, buckets: BUCKETS, registers });
  new Gauge({
    name: 'belay_collector_in_flight_bytes',
    help: 'Bytes of request bodies in hand.',
    registers,
    collect() {
      this.set(inFlightBytes());
    },
  });
  return {
    registry,
    requests: counter('requests_total', 'Export requests by HTTP status and encoding.', ['status', 'encoding']),
    received: counter('spans_received_total', 'Spans in requests that could be read.'),
    accepted: counter('decisions_accepted_total', 'Decisions acknowledged by the log.'),
    skipped: counter('spans_skipped_total', 'Spans that are no decision.'),
    rejected: counter('spans_rejected_total', 'Decisions not taken, by reason.', ['reason']),
    shrunk: counter('events_shrunk_total', 'Events from which something was taken so that they fit 32 kB.'),
    wireBytes: counter('received_bytes_total', 'Bytes of bodies as sent, by encoding.', ['encoding']),
    decodedBytes: counter('decoded_bytes_total', 'Bytes of bodies after decompression, by encoding.', ['encoding']),
    requestSeconds: seconds('request_duration_seconds', 'Export request: headers read to answer ready.'),
    publishSeconds: seconds('publish_duration_seconds', "Wait for the log's acknowledgement."),
  };
}
