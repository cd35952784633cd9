import type { Anomaly } from '@belay/protocol';
import { Counter, Histogram, Registry } from 'prom-client';

/** What the service counts, in the text format of Prometheus. */
export interface DetectorMetrics {
  processed(what: { topic: string; anomalies: readonly Anomaly[]; lines: number; malformed: number }): void;
  checkpointed(seconds: number, snapshots: number): void;
  checkpointFailed(): void;
  restored(seconds: number): void;
  fenced(): void;
  text(): Promise<string>;
}

const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** A registry of its own: several services share a process. */
export function createDetectorMetrics(): DetectorMetrics {
  const registry = new Registry();
  const registers = [registry];
  const lines = new Counter({ name: 'belay_detector_lines_total', help: 'Lines judged.', labelNames: ['topic'], registers });
  const malformed = new Counter({
    name: 'belay_detector_malformed_lines_total',
    help: 'Lines that went to the dead-letter topic.',
    labelNames: ['topic'],
    registers,
  });
  const anomalies = new Counter({
    name: 'belay_detector_anomalies_total',
    help: 'Anomalies published.',
    labelNames: ['detector', 'rule', 'severity', 'response'],
    registers,
  });
  const suppressed = new Counter({
    name: 'belay_detector_suppressed_total',
    help: 'Anomalies recorded without their full response.',
    labelNames: ['detector', 'reason'],
    registers,
  });
  const delay = new Histogram({
    name: 'belay_detector_delay_seconds',
    help: 'From the end of the decision (agent clock) to the anomaly.',
    buckets: SECONDS,
    registers,
  });
  const checkpoint = new Histogram({
    name: 'belay_detector_checkpoint_seconds',
    help: 'Time to pack and store a checkpoint, while judging goes on.',
    buckets: SECONDS,
    registers,
  });
  const failed = new Counter({
    name: 'belay_detector_checkpoint_failures_total',
    help: 'Checkpoints that could not be stored and are tried again: a restart replays from the last stored one.',
    registers,
  });
  const snapshots = new Counter({ name: 'belay_detector_snapshots_total', help: 'Agent snapshots stored.', registers });
  const restore = new Histogram({
    name: 'belay_detector_restore_seconds',
    help: 'Time from assignment of a partition to its first batch.',
    buckets: SECONDS,
    registers,
  });
  const fenced = new Counter({
    name: 'belay_detector_fenced_total',
    help: 'Partitions given up because a newer member owns them.',
    registers,
  });
  return {
    processed: (what) => {
      lines.inc({ topic: what.topic }, what.lines);
      malformed.inc({ topic: what.topic }, what.malformed);
      for (const { detector, rule, severity, response, suppressed: reason, triggerUs, detectedUs } of what.anomalies) {
        anomalies.inc({ detector, rule, severity, response });
        if (reason !== undefined) suppressed.inc({ detector, reason });
        delay.observe(Math.max(0, detectedUs - triggerUs) / 1e6);
      }
    },
    checkpointed: (seconds, count) => {
      checkpoint.observe(seconds);
      snapshots.inc(count);
    },
    checkpointFailed: () => failed.inc(),
    restored: (seconds) => restore.observe(seconds),
    fenced: () => fenced.inc(),
    text: () => registry.metrics(),
  };
}
