import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface ControlMetrics {
  readonly registry: Registry;
  readonly requests: Counter<'route' | 'method' | 'status'>;
  readonly requestSeconds: Histogram<'route'>;
  readonly holds: Counter<'cause' | 'outcome'>;
  readonly acks: Counter<'state'>;
  readonly anomalies: Counter<'disposition'>;
  readonly buried: Counter;
  readonly hookAlerts: Counter<'source' | 'outcome'>;
  readonly hookRefused: Counter<'source'>;
  readonly unconfirmed: Counter;
  readonly lostRuns: Counter;
  readonly expiredHolds: Counter;
  readonly illegalTransitions: Counter;
  readonly droppedStreams: Counter;
  readonly outboxPublished: Counter;
  readonly outboxFailures: Counter;
  readonly outboxWaiting: Gauge;
  readonly streams: Gauge;
}

/** Prometheus metrics of control. No label comes from an agent. */
export function createControlMetrics(): ControlMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> =>
    new Counter({ name: `belay_control_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string): Gauge => new Gauge({ name: `belay_control_${name}`, help, registers });
  return {
    registry,
    requests: counter('requests_total', 'HTTP requests answered', ['route', 'method', 'status']),
    requestSeconds: new Histogram({
      name: 'belay_control_request_seconds',
      help: 'Time to answer',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    holds: counter('holds_total', 'Holds asked for, by cause and what came of it', ['cause', 'outcome']),
    acks: counter('acks_total', 'Acknowledgements taken', ['state']),
    anomalies: counter('anomalies_total', 'Anomalies consumed, by what came of them', ['disposition']),
    buried: counter('anomalies_buried_total', 'Anomalies that could not be taken and went to the dead letters'),
    hookAlerts: counter('hook_alerts_total', 'Alerts received by webhook, by what came of them', ['source', 'outcome']),
    hookRefused: counter('hook_refused_total', 'Webhook deliveries refused: signature, time, replay, shape', ['source']),
    unconfirmed: counter('unconfirmed_total', 'Acknowledgements overdue'),
    lostRuns: counter('lost_runs_total', 'Runs whose heartbeats stopped'),
    expiredHolds: counter('expired_holds_total', 'Holds of detectors released because their run or session was over'),
    illegalTransitions: counter('illegal_transitions_total', 'Run states reported that cannot follow the known one'),
    droppedStreams: counter('dropped_streams_total', 'Streams cut because the client did not read'),
    outboxPublished: counter('outbox_published_total', 'Outbox rows published'),
    outboxFailures: counter('outbox_failures_total', 'Tries to publish that failed'),
    outboxWaiting: gauge('outbox_waiting', 'Outbox rows not yet published'),
    streams: gauge('streams', 'Open streams and waiting polls'),
  };
}
