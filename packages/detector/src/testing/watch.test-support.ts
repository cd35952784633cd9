import type { DecisionEvent, InputRecord } from '@belay/protocol';
import type { Detector, DetectorType, Finding } from '../detectors/detector.ts';

/** A detector of the type with its shipped configuration and `overrides`. */
export function createWatched(type: DetectorType, overrides: Record<string, unknown> = {}): Detector {
  return type.create(type.configSchema.parse(overrides), { priorOf: () => ({ version: 0, has: () => false }) });
}

export interface Alarm {
  /** Position of the record, from 1. */
  readonly at: number;
  readonly finding: Finding;
}

/** Plays records as the pipeline does, without its cool-down: what the detector says at each. Nothing flagged is learned. */
export function play(detector: Detector, records: readonly (DecisionEvent | InputRecord)[]): Alarm[] {
  const alarms: Alarm[] = [];
  let atUs = Number.MIN_SAFE_INTEGER;
  for (const [index, record] of records.entries()) {
    if ('record' in record) {
      alarms.push(...detector.absorb(record).map((finding) => ({ at: index + 1, finding })));
      continue;
    }
    atUs = Math.max(atUs, record.startUs + record.durationUs);
    detector.observe(record, atUs);
    const findings = detector.score(record, atUs);
    if (findings.every(({ severity }) => severity === 'info')) detector.learn(record, atUs);
    alarms.push(...findings.map((finding) => ({ at: index + 1, finding })));
  }
  return alarms;
}

/** `position:rule:severity` of each alarm. */
export const marks = (alarms: readonly Alarm[]): string[] => alarms.map(({ at, finding }) => `${at}:${finding.rule}:${finding.severity}`);
