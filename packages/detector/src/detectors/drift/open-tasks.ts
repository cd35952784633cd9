import type { DecisionEvent, Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import type { DriftConfig } from './drift-config.ts';
import { type DecisionFacts, TaskTally } from './task-tally.ts';

/** Tasks of one agent under way at once; the least recently active beyond it counts as over. */
const OPEN_MAX = 8;
/** Ids of closed tasks, their sessions and runs that are remembered. */
const CLOSED_MAX = 16;
/** Of an agent that does mark its ends, so many times `taskDecisions` are one task at most. */
const MARKED_FACTOR = 20;
const END_KINDS: ReadonlySet<string> = new Set(['task_end', 'session_end', 'run_end']);
const NOTHING: readonly TaskTally[] = [];

/**
 * Cuts an agent's decisions into tasks: by task, else session, else run, closed by an end marker. An agent that never marks an end closes a
 * task when it turns to another one, or after so many decisions.
 */
export class OpenTasks {
  readonly #config: DriftConfig;
  #open: TaskTally[] = [];
  #marksEnds = false;
  /** Ids of what was closed last: without end markers, one that comes back shows that this agent does several tasks at once. */
  #closed: number[] = [];
  #interleaves = false;
  #newest: TaskTally | undefined;
  /** The newest id and its fingerprint: most decisions come in a row from one task. */
  #lastId = '';
  #lastKey = 0;

  constructor(config: DriftConfig) {
    this.#config = config;
  }

  /** Counts the decision; answers the tasks that are over because of it, oldest first. */
  observe(event: DecisionEvent, what: DecisionFacts, atUs: number): readonly TaskTally[] {
    this.#newest = undefined;
    if (END_KINDS.has(event.kind)) return this.#end(event, atUs);
    if (event.kind === 'proposal') return NOTHING;
    const [open] = this.#open;
    const key = this.#keyOf(event);
    if (open !== undefined && this.#open.length === 1 && open.ids[0] === key && !this.#isIdle(open, atUs)) {
      open.add(event, what, atUs);
      this.#newest = open;
      return this.#isFull(open) ? this.#close([open]) : NOTHING;
    }
    return this.#turnTo(key, event, what, atUs);
  }

  /** The newest decision of this task was flagged by no detector. */
  approve(): void {
    this.#newest?.approve();
    this.#newest = undefined;
  }

  snapshot(): Json {
    return [[this.#marksEnds ? 1 : 0, this.#interleaves ? 1 : 0], this.#closed, this.#open.map((task) => task.snapshot())];
  }

  restore(state: unknown): void {
    const [[marksEnds, interleaves], closed, open] = state as [number[], number[], [number[], number, number[][]][]];
    this.#marksEnds = marksEnds === 1;
    this.#interleaves = interleaves === 1;
    this.#closed = [...closed];
    this.#open = open.map(([ids, atUs, numbers]) => new TaskTally(ids, atUs, numbers));
  }

  #turnTo(key: number, event: DecisionEvent, what: DecisionFacts, atUs: number): readonly TaskTally[] {
    if (!this.#marksEnds && this.#open.length > 0 && this.#closed.includes(key)) this.#interleaves = true;
    const over = this.#open.filter((task) => this.#isIdle(task, atUs) || (task.ids[0] !== key && !this.#marksEnds && !this.#interleaves));
    const known = this.#open.find((task) => task.ids[0] === key && !over.includes(task));
    const task = known ?? new TaskTally([key, ...partsOf(event)], atUs);
    task.add(event, what, atUs);
    this.#newest = task;
    this.#open = [...this.#open.filter((one) => one !== task), task];
    const oldest = this.#open[0];
    if (this.#open.length - over.length > OPEN_MAX && oldest !== undefined && !over.includes(oldest)) over.push(oldest);
    if (this.#isFull(task)) over.push(task);
    return over.length === 0 ? NOTHING : this.#close(over);
  }

  #end(event: DecisionEvent, atUs: number): readonly TaskTally[] {
    this.#marksEnds = true;
    const parts = partsOf(event);
    const at = event.kind === 'task_end' ? 0 : event.kind === 'session_end' ? 1 : 2;
    const id = parts[at] ?? 0;
    const over = this.#open.filter(({ ids }) => id === 0 || ids[at + 1] === id);
    if (over.length > 0) return this.#close(over);
    // The end of a session whose tasks have ended already says nothing new; one in which nothing was done was a task without a call.
    return id === 0 || this.#closed.includes(id) ? NOTHING : this.#close([new TaskTally([id, ...parts], atUs)]);
  }

  #close(over: readonly TaskTally[]): readonly TaskTally[] {
    this.#open = this.#open.filter((task) => !over.includes(task));
    this.#closed = [...this.#closed, ...over.flatMap(({ ids }) => ids.filter((id) => id !== 0))].slice(-CLOSED_MAX);
    return over;
  }

  #isIdle({ atUs }: TaskTally, nowUs: number): boolean {
    return nowUs - atUs > this.#config.idleSeconds * 1e6;
  }

  #keyOf({ taskId, sessionId, runId }: DecisionEvent): number {
    const id = taskId ?? sessionId ?? runId;
    if (id === undefined) return 0;
    if (id !== this.#lastId) {
      this.#lastId = id;
      this.#lastKey = fingerprint(id);
    }
    return this.#lastKey;
  }

  #isFull({ facts }: TaskTally): boolean {
    return facts.decisions >= this.#config.taskDecisions * (this.#marksEnds ? MARKED_FACTOR : 1);
  }
}

const print = (id: string | undefined): number => (id === undefined ? 0 : fingerprint(id));

const partsOf = ({ taskId, sessionId, runId }: DecisionEvent): readonly number[] => [print(taskId), print(sessionId), print(runId)];
