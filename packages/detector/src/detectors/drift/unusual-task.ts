import type { DecisionEvent } from '@belay/protocol';
import { LevelMonitor, type LevelReading } from '../../stats/level-monitor.ts';
import type { Finding } from '../detector.ts';

/** A task this dear comes about once in 100,000 by chance. */
const ALARM_PROBABILITY = 1e-5;
/** Tasks that cost something before the monitor is worth its memory, and before its word counts. */
const LEAST_TASKS = 30;
const SURE_TASKS = 130;

/**
 * One series of an agent, the cost of its tasks, value by value: a single task that is far dearer than all before. Lasting changes are the other
 * tests' business; this tells of the outlier that they, being robust, pass over. Costs nothing for agents with few tasks.
 */
export class UnusualTask {
  #monitor: LevelMonitor | undefined;
  #tasks = 0;

  /** @param usd cost of the task that ended; tasks that cost nothing are not part of the series. @returns the reading when it is unusual. */
  observe(usd: number, atUs: number): LevelReading | undefined {
    if (usd <= 0) return undefined;
    this.#tasks++;
    if (this.#tasks < LEAST_TASKS) return undefined;
    this.#monitor ??= new LevelMonitor({ alarmProbability: ALARM_PROBABILITY });
    const reading = this.#monitor.update(Math.log(usd), atUs);
    // Only what one task alone shows: means and spreads over several are for the tests of lasting changes.
    return reading?.alarm && reading.signal === 'above' && this.#tasks >= SURE_TASKS ? reading : undefined;
  }

  get tasks(): number {
    return this.#tasks;
  }

  snapshot(): readonly (readonly number[])[] {
    return [[this.#tasks], ...(this.#monitor?.snapshot() ?? [])];
  }

  restore([[tasks = 0] = [], ...monitor]: readonly (readonly number[])[]): void {
    this.#tasks = tasks;
    this.#monitor = monitor.length === 0 ? undefined : new LevelMonitor({ alarmProbability: ALARM_PROBABILITY });
    this.#monitor?.restore(monitor);
  }
}

/** The finding for a task that is far dearer than all before: worth a look, never more. */
export const unusualTaskFinding = (
  event: DecisionEvent,
  usd: number,
  { reading, tasks }: { reading: LevelReading; tasks: number },
): Finding => ({
  rule: 'unusual_task',
  subject: { kind: 'decision', id: event.id },
  cause: 'unusual_task',
  score: reading.score,
  severity: 'info',
  explanation: `A task of agent ${event.agent.id} that has just ended cost ${usd.toPrecision(3)} USD, where ${Math.exp(reading.level).toPrecision(3)} USD is its level: by its ${tasks} tasks so far, as far off as about one in ${Math.round(1 / Math.max(1e-9, reading.probability)).toLocaleString('en-US')}.`,
  decisionIds: [event.id],
  facts: {
    cost_usd: usd,
    level_usd: Math.exp(reading.level),
    probability: reading.probability,
    signal: reading.signal ?? '',
    tasks,
  },
  scope: 'session',
});
