import { describe, expect, it } from 'vitest';
import { canaryMetrics } from './canary-metrics.ts';
import { createCanaryRecord } from './canary-record.ts';

const trip = (confirmedUs: number) => ({ atUs: 0, heldUs: 1, appliedUs: 2, confirmedUs });

describe('canary record', () => {
  it('alarms once per break, remembers since when, and is well again after a trip', () => {
    const record = createCanaryRecord();
    expect(record.status().state).toBe('waiting');
    expect(record.failed('no pause came back', 100)).toBe(true);
    expect(record.failed('no pause came back', 200)).toBe(false);
    expect(record.status()).toMatchObject({ state: 'broken', brokenSinceUs: 100, failures: 2 });
    record.arrived(trip(40_000));
    expect(record.status()).toMatchObject({ state: 'working', problem: undefined });
    expect(record.failed('again', 300)).toBe(true);
  });

  it('means over the trips it keeps', () => {
    const record = createCanaryRecord();
    for (let index = 0; index < 1_000; index += 1) record.arrived(trip(index < 880 ? 1_000_000 : 50));
    expect(record.status()).toMatchObject({ trips: 1_000, averageUs: 50 });
  });

  it('is a gauge of 0 in the metrics while broken', () => {
    const record = createCanaryRecord();
    record.failed('x', 1);
    expect(canaryMetrics(record.status())).toContain('\nbelay_canary_working 0\n');
  });
});
