import type { DecisionEvent, Json } from '@belay/protocol';
import { RecentMap } from '../recent-map.ts';
import { RunHabit } from './run-habit.ts';
import {
  createRunUnit,
  extendUnit,
  idOf,
  isHealthy,
  narrowestOf,
  type RunKind,
  type RunUnit,
  rowToUnit,
  unitKey,
  unitToRow,
} from './run-unit.ts';

/** Names of tasks whose habits are kept apart; the least recently ended beyond it are forgotten. */
const TASKS_MAX = 4;
/** A unit with fewer decisions is not yet one of the fleet: an agent that opens a session per call has no fleet. */
const ESTABLISHED_CALLS = 5;
const TICK_US = 60_000_000;
/** Narrowest first. */
const KINDS: readonly RunKind[] = ['task', 'session', 'run'];

/** What an agent's runs, sessions and tasks have spent so far, and what those that ended came to. Bounded by `most` units. */
export class RunLedger {
  readonly #most: number;
  readonly #idleUs: number;
  /** Least recently used first. */
  #units = new Map<number, RunUnit>();
  readonly #habits = new RecentMap<number, RunHabit>(TASKS_MAX);
  #tickUs = Number.MIN_SAFE_INTEGER;
  /** Units of the newest decision. */
  #last: number[] = [];
  /** The newest decision's narrowest unit, found again without hashing: decisions of one run come in a row. */
  #memo: { readonly kind: RunKind; readonly id: string; readonly unit: RunUnit } | undefined;

  /** @param idleSeconds a unit without a decision for so long has ended, as far as the habit is concerned. */
  constructor({ most, idleSeconds }: { readonly most: number; readonly idleSeconds: number }) {
    this.#most = most;
    this.#idleUs = idleSeconds * 1e6;
  }

  /** Counts a decision into its narrowest unit and the units of `kinds`. @returns the narrowest. */
  observe(event: DecisionEvent, { cost, atUs, kinds }: { cost: number; atUs: number; kinds: readonly RunKind[] }): RunUnit | undefined {
    this.#tick(atUs);
    const kind = narrowestOf(event);
    if (kind === undefined) {
      this.#last = [];
      return undefined;
    }
    const unit = this.#narrowest(event, kind, atUs);
    extendUnit(unit, cost, atUs);
    if (this.#last.length !== 1 || this.#last[0] !== unit.key) this.#last = [unit.key];
    for (const wider of kinds) if (wider !== kind) this.#extendWider(event, { kind: wider, cost, atUs });
    return unit;
  }

  /** An end marker: what it ends becomes habit. The end of a session does not end the run that goes on to the next. */
  end(event: DecisionEvent): void {
    const over = KINDS.slice(0, event.kind === 'task_end' ? 1 : event.kind === 'session_end' ? 2 : 3);
    for (const kind of over) this.#settleOf(unitKey(event, kind));
  }

  unitOf(event: DecisionEvent, kind: RunKind): RunUnit | undefined {
    if (this.#memo?.kind === kind && this.#memo.id === idOf(event, kind)) return this.#memo.unit;
    const key = unitKey(event, kind);
    return key === 0 ? undefined : this.#units.get(key);
  }

  /** What units of this kind came to; undefined while none has ended. */
  habitOf(unit: RunUnit): RunHabit | undefined {
    return this.#habits.get(unit.task);
  }

  /** The newest decision was flagged. */
  flagLast(): void {
    for (const key of this.#last) {
      const unit = this.#units.get(key);
      if (unit !== undefined) unit.flagged++;
    }
  }

  /** A hold on the agent was lifted. A unit of which nothing was said yet is excused from nothing. */
  lift(): void {
    for (const unit of this.#units.values()) if (unit.said.length > 0) unit.lifted = [...unit.said];
  }

  /** Units that are at work at `atUs` and have been for a few decisions. */
  atWork(atUs: number): number {
    let count = 0;
    for (const unit of this.#units.values()) if (unit.calls >= ESTABLISHED_CALLS && atUs - unit.lastUs < TICK_US) count++;
    return count;
  }

  snapshot(): Json {
    const habits = this.#habits.entries().map(([task, habit]) => [task, habit.snapshot()]);
    return [[...this.#units.values()].map(unitToRow), habits, this.#tickUs, [...this.#last]];
  }

  restore([units = [], habits = [], tickUs, last = []]: LedgerState): void {
    this.#units = new Map(units.map((row) => rowToUnit(row)).map((unit) => [unit.key, unit]));
    this.#habits.replace(
      habits.map(([task, rows]) => {
        const habit = new RunHabit();
        habit.restore(rows);
        return [task, habit];
      }),
    );
    this.#tickUs = tickUs ?? Number.MIN_SAFE_INTEGER;
    this.#last = [...last];
    this.#memo = undefined;
  }

  #narrowest(event: DecisionEvent, kind: RunKind, atUs: number): RunUnit {
    const id = idOf(event, kind) ?? '';
    const memo = this.#memo;
    if (memo !== undefined && memo.id === id && memo.kind === kind && this.#units.has(memo.unit.key)) return memo.unit;
    const unit = this.#use(event, unitKey(event, kind), atUs);
    this.#memo = { kind, id, unit };
    return unit;
  }

  #extendWider(event: DecisionEvent, { kind, cost, atUs }: { kind: RunKind; cost: number; atUs: number }): void {
    const key = unitKey(event, kind);
    if (key === 0) return;
    const unit = this.#use(event, key, atUs);
    // The sum of several tasks is not what a task comes to: it never joins their habit.
    unit.settled = true;
    extendUnit(unit, cost, atUs);
    this.#last.push(key);
  }

  #use(event: DecisionEvent, key: number, atUs: number): RunUnit {
    const unit = this.#units.get(key) ?? createRunUnit(key, event, atUs);
    this.#units.delete(key);
    this.#units.set(key, unit);
    const oldest = this.#units.keys().next().value;
    if (this.#units.size > this.#most && oldest !== undefined) this.#units.delete(oldest);
    return unit;
  }

  /** Once a minute: what fell silent has ended. */
  #tick(atUs: number): void {
    if (atUs - this.#tickUs < TICK_US) return;
    this.#tickUs = atUs;
    for (const unit of this.#units.values()) if (atUs - unit.lastUs >= this.#idleUs) this.#settle(unit);
  }

  #settleOf(key: number): void {
    const unit = this.#units.get(key);
    if (unit === undefined) return;
    this.#settle(unit);
    this.#units.delete(key);
    this.#memo = undefined;
  }

  #settle(unit: RunUnit): void {
    if (unit.settled) return;
    unit.settled = true;
    if (!isHealthy(unit)) return;
    const habit = this.#habits.get(unit.task) ?? new RunHabit();
    habit.add(unit.spent, unit.calls);
    this.#habits.put(unit.task, habit);
  }
}

export type LedgerState = readonly [
  units?: readonly (readonly (number | readonly number[])[])[],
  habits?: readonly (readonly [number, readonly (readonly number[])[]])[],
  tickUs?: number,
  last?: readonly number[],
];
