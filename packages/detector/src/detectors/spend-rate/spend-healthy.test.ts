import type { DecisionEvent } from '@belay/protocol';
import { createSeededRandom, MANUAL_CLOCK_START_US, modelCall, type SeededRandom } from '@belay/testkit';
import { expect, test } from 'vitest';
import { createWatched, play } from '../../testing/watch.test-support.ts';
import { spendRateDetector } from './spend-rate.ts';

const HOUR = 3_600;
const SEEDS = 8;

/** Seconds to the next request, and what it costs in USD. */
interface Traffic {
  readonly gap: (random: SeededRandom) => number;
  readonly cost: (random: SeededRandom) => number;
}

const exponential = (random: SeededRandom, mean: number): number => -mean * Math.log(1 - random.next());
/** Its variance is infinite below shape 2. */
const pareto = (random: SeededRandom, shape: number, least: number): number => least / (1 - random.next()) ** (1 / shape);
const logNormal = (random: SeededRandom, median: number, sigma: number): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return median * Math.exp(sigma * normal);
};

const TRAFFIC: Readonly<Record<string, Traffic>> = {
  poisson: { gap: (random) => exponential(random, 1), cost: (random) => logNormal(random, 0.03, 0.5) },
  'wide costs': { gap: (random) => exponential(random, 1), cost: (random) => logNormal(random, 0.02, 1) },
  'heavy-tailed gaps': { gap: (random) => Math.min(300, pareto(random, 1.2, 0.15)), cost: (random) => logNormal(random, 0.03, 0.5) },
  'heavy-tailed costs': { gap: (random) => exponential(random, 1), cost: (random) => Math.min(2, pareto(random, 1.6, 0.015)) },
};

function hourOf({ gap, cost }: Traffic, seed: number): DecisionEvent[] {
  const random = createSeededRandom(seed);
  const events: DecisionEvent[] = [];
  for (let at = 0; at < HOUR; at += gap(random)) {
    const startUs = MANUAL_CLOCK_START_US + Math.round(at * 1e6);
    events.push(modelCall({ n: events.length + 1, startUs, durationUs: 0, costNanoUsd: Math.round(cost(random) * 1e9) }));
  }
  return events;
}

/** Episodes: alarms at least five minutes apart, as a person is told of them. */
function episodes(traffic: Traffic, seed: number): number {
  const events = hourOf(traffic, seed);
  let count = 0;
  let heardUs = Number.MIN_SAFE_INTEGER;
  for (const { at } of play(createWatched(spendRateDetector), events)) {
    const us = events[at - 1]?.startUs ?? 0;
    if (us - heardUs >= 300e6) count++;
    heardUs = us;
  }
  return count;
}

test.each([
  ['poisson', 0],
  ['wide costs', 0],
  ['heavy-tailed gaps', 5],
  ['heavy-tailed costs', 4],
])('%s: at most %d false alarms in 8 hours of traffic that nothing is wrong with', (name, most) => {
  const traffic = TRAFFIC[name];
  if (traffic === undefined) throw new Error('no such traffic');
  const total = Array.from({ length: SEEDS }, (_, seed) => episodes(traffic, seed + 1)).reduce((sum, one) => sum + one, 0);
  expect(total).toBeLessThanOrEqual(most);
});
