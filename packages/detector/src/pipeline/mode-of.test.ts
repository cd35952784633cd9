import { expect, test } from 'vitest';
import { parseDetectorConfig } from '../config.ts';
import { configuredMode, lowestConfiguredMode } from './mode-of.ts';

function withModes(modes: readonly object[]) {
  const parsed = parseDetectorConfig({ modes });
  if (!('config' in parsed)) throw new Error(parsed.problems.join());
  return parsed.config;
}

test('the lowest configured mode is that of the agents and rules with the least, as far as a rule for all of them reaches', () => {
  const config = withModes([
    { detector: 'loop', agent: 'payments*', mode: 'shadow' },
    { detector: 'spend_rate', rule: 'surge', mode: 'enforce' },
    { detector: 'loop', mode: 'enforce' },
    { detector: 'spend_rate', mode: 'warn' },
    { detector: '*', mode: 'enforce' },
    { detector: 'spend_rate', mode: 'shadow' },
  ]);
  expect([configuredMode('loop', config), lowestConfiguredMode('loop', config)]).toEqual(['enforce', 'shadow']);
  expect([configuredMode('spend_rate', config), lowestConfiguredMode('spend_rate', config)]).toEqual(['warn', 'warn']);
  expect([configuredMode('drift', config), lowestConfiguredMode('drift', config)]).toEqual(['enforce', 'enforce']);
  expect(lowestConfiguredMode('loop', withModes([{ detector: 'loop', agent: 'x', mode: 'enforce' }]))).toBe('shadow');
});
