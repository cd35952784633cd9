import type { DetectorMode } from '@belay/protocol';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { call } from '../testing/streams.test-support.ts';
import { Pipeline } from './pipeline.ts';

/** Tables that `sensitive` has made a habit of when decisions that write to them are flagged by `divergence` in this mode. */
function habitBeside(mode: DetectorMode): string {
  const modes = [{ detector: 'divergence', rule: '*', tenant: '*', agent: '*', mode }];
  const write = (n: number, more = {}) =>
    call(n, `a-${n}`, `r-${n}`, { call: { name: 'sql', effect: 'write', destinations: ['db:update:users'] }, ...more });
  const pipeline = new Pipeline({ ...defaultDetectorConfig(), modes });
  pipeline.push(write(1, { divergence: { score: 0.9, reasons: [] } }), 0);
  for (let n = 2; n <= 60; n++) pipeline.push(call(n, `a-${n}`, `r-${n}`), 0);
  return pipeline
    .push(write(61), 0)
    .map(({ detector, rule }) => `${detector}/${rule}`)
    .join();
}

test('what a detector in shadow flagged the others learn all the same', () => {
  expect(habitBeside('shadow')).not.toContain('sensitive');
});

test('what a detector that warns or enforces flagged nobody learns', () => {
  expect(habitBeside('warn')).toContain('sensitive/new_target');
  expect(habitBeside('enforce')).toContain('sensitive/new_target');
});
