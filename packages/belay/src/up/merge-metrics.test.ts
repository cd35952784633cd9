import { describe, expect, it } from 'vitest';
import { mergeMetrics } from './merge-metrics.ts';

const runtime = '# HELP process_cpu_seconds_total CPU\n# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 1\n';

describe('mergeMetrics', () => {
  it('shows a family once, of the first text that has it, and keeps every line of a histogram', () => {
    const histogram =
      '# HELP belay_x_seconds x\n# TYPE belay_x_seconds histogram\nbelay_x_seconds_bucket{le="1"} 2\nbelay_x_seconds_sum 3\nbelay_x_seconds_count 2\n';
    const merged = mergeMetrics([runtime, runtime.replace('total 1', 'total 2') + histogram]);
    expect(merged.match(/process_cpu_seconds_total \d/g)).toEqual(['process_cpu_seconds_total 1']);
    expect(merged).toContain(histogram.trim());
  });
});
