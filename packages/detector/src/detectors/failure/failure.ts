import type { DecisionEvent, InputRecord, Json } from '@belay/protocol';
import { BaseDetector, NOTHING } from '../base-detector.ts';
import { type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { RecentMap } from '../recent-map.ts';
import { clockTime, shortName } from '../wording.ts';
import { type FailureConfig, failureConfigSchema } from './failure-config.ts';

/** Tasks of one agent that are followed; the least recently ended beyond it are forgotten. */
const TASKS_MAX = 64;
const EVIDENCE_MAX = 8;

interface Task {
  streak: number;
  /** Event time of the first failure of the streak, µs. */
  sinceUs: number;
  /** Ends before the streak that went well. */
  succeeded: number;
  failed: number;
  /** Ends of the streak, newest last. */
  ids: string[];
}

/** The same task failing again and again (docs/detectors/failure.md). */
class Failure extends BaseDetector {
  readonly #config: FailureConfig;
  readonly #tasks = new RecentMap<string, Task>(TASKS_MAX);
  #found: readonly Finding[] = NOTHING;

  constructor(config: FailureConfig) {
    super();
    this.#config = config;
  }

  override observe(event: DecisionEvent, atUs: number): void {
    this.#found = NOTHING;
    const ending = endingOf(event);
    if (ending === undefined) return;
    const name = (event.taskName ?? '').slice(0, 128);
    const task = this.#use(name);
    if (ending === 'ok') {
      Object.assign(task, { streak: 0, ids: [], succeeded: task.succeeded + 1 });
      return;
    }
    if (task.streak === 0) task.sinceUs = atUs;
    task.streak++;
    task.failed++;
    task.ids = [...task.ids, event.id].slice(-EVIDENCE_MAX);
    if (task.streak >= this.#config.streak) this.#found = [findingOf(event, name, { task, config: this.#config })];
  }

  override score(): readonly Finding[] {
    return this.#found;
  }

  /** Whoever lifts a hold has seen the failures: the count starts again. */
  override absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'hold' && record.change === 'released')
      for (const task of this.#tasks.values()) Object.assign(task, { streak: 0, ids: [] });
    return NOTHING;
  }

  snapshot(): Json {
    return this.#tasks
      .entries()
      .map(([name, { streak, sinceUs, succeeded, failed, ids }]) => [name, streak, sinceUs, succeeded, failed, ids]);
  }

  restore(state: Json): void {
    const rows = state as [string, number, number, number, number, string[]][];
    this.#tasks.replace(
      rows.map(([name, streak, sinceUs, succeeded, failed, ids]) => [name, { streak, sinceUs, succeeded, failed, ids: [...ids] }]),
    );
  }

  #use(name: string): Task {
    const task = this.#tasks.get(name) ?? { streak: 0, sinceUs: 0, succeeded: 0, failed: 0, ids: [] };
    this.#tasks.put(name, task);
    return task;
  }
}

/** How a task ended; undefined for what is no end, or one that says nothing: a refusal or a cancellation is not the task's failure. */
function endingOf({ kind, outcome }: DecisionEvent): 'ok' | 'failed' | undefined {
  if (kind !== 'task_end') return undefined;
  if (outcome?.status === 'ok') return 'ok';
  return outcome?.status === 'error' || outcome?.status === 'timeout' ? 'failed' : undefined;
}

function findingOf(event: DecisionEvent, name: string, { task, config }: { task: Task; config: FailureConfig }): Finding {
  const { streak, sinceUs, succeeded, failed, ids } = task;
  const before = succeeded + failed - streak;
  const normal = before === 0 ? 'it has never gone well' : `of the ${before} before, ${succeeded} went well`;
  const error = event.outcome?.errorType === undefined ? '' : ` (newest error: ${shortName(event.outcome.errorType)})`;
  return {
    rule: 'same_task',
    subject: { kind: 'decision', id: event.id },
    cause: `task|${name}`,
    score: 1 - 1 / (1 + streak),
    severity: streak >= config.criticalStreak ? 'critical' : 'warning',
    explanation: `Task ${shortName(name) || 'without a name'} of agent ${event.agent.id} has failed ${streak} times in a row since ${clockTime(sinceUs)}${error}; ${normal}.`,
    decisionIds: ids,
    facts: { task: name, streak, ended_before: before, went_well_before: succeeded },
    scope: 'agent',
  };
}

/** `failure`, as the registry knows it. */
export const failureDetector: DetectorType = defineDetector({
  id: 'failure',
  version: 1,
  stability: 'beta',
  probe: false,
  configSchema: failureConfigSchema,
  create: (config: FailureConfig) => new Failure(config),
});
