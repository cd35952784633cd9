import { createSeededRandom } from '@belay/testkit';
import { expect, test } from 'vitest';
import { createWatched, play } from '../../testing/watch.test-support.ts';
import { driftDetector } from './drift.ts';
import { type Habits, TaskStream } from './task-streams.test-support.ts';

const AGENTS = 40;
const TASKS = 500;

/** Agents that do not change, and are not clean either: errors 5–20 %, refusals 2–10 %, heavy-tailed costs, trouble in clusters. */
function unchanging(seed: number): Partial<Habits> {
  const random = createSeededRandom(seed);
  const between = (least: number, most: number): number => least + (most - least) * random.next();
  return {
    calls: random.pick([3, 6, 10, 20]),
    tools: random.pick([3, 8, 15]),
    errorRate: between(0.05, 0.2),
    denialRate: between(0.02, 0.1),
    approvalRate: random.pick([0, 0.1, 0.3]),
    rejectionRate: between(0.02, 0.1),
    spread: random.pick([0.5, 1, 1.5]),
    clustering: random.pick([0, 0, 0.5]),
  };
}

test('agents that do not change alarm at most once in 2,000 tasks, whatever their base rates', () => {
  let alarms = 0;
  for (let agent = 1; agent <= AGENTS; agent++) {
    const events = new TaskStream(agent).tasks(TASKS, unchanging(1_000 + agent));
    alarms += play(createWatched(driftDetector), events).filter(({ finding }) => finding.severity !== 'info').length;
  }
  expect((1_000 * alarms) / (AGENTS * TASKS)).toBeLessThanOrEqual(0.5);
});
