import type { DecisionEvent, Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';

/** What a limit counts over, and what a habit of whole runs is about. */
export type RunKind = 'run' | 'session' | 'task';

/** Priced steps whose mean is the present rate. */
const RECENT_STEPS = 8;
const NOTHING_SAID: readonly number[] = [];

/** One run, session or task of an agent as it goes on. Plain data: part of the snapshot. */
export interface RunUnit {
  readonly key: number;
  /** Fingerprint of the task's name, 0 without one: what it is compared with. */
  readonly task: number;
  spent: number;
  calls: number;
  /** Costs of the newest priced steps, and when each ended, µs. */
  costs: number[];
  timesUs: number[];
  readonly firstUs: number;
  lastUs: number;
  /** Decisions of it that were flagged. */
  flagged: number;
  /** It has ended (or fell silent), and was taken into the habit if that was due. */
  settled: boolean;
  /** What was said about it and is said once: numbers of the rule's own. */
  said: readonly number[];
  /** Of that, what had been said when a hold on its agent was lifted: whoever did that has seen it. */
  lifted: readonly number[];
}

/** The narrowest unit an event names; a unit is named by one id. */
export function narrowestOf(event: DecisionEvent): RunKind | undefined {
  if (event.taskId !== undefined) return 'task';
  if (event.sessionId !== undefined) return 'session';
  return event.runId === undefined ? undefined : 'run';
}

export const idOf = (event: DecisionEvent, kind: RunKind): string | undefined =>
  kind === 'task' ? event.taskId : kind === 'session' ? event.sessionId : event.runId;

/** 0 when the event does not name such a unit. */
export function unitKey(event: DecisionEvent, kind: RunKind): number {
  const id = idOf(event, kind);
  return id === undefined ? 0 : fingerprint(`${kind}|${id}`);
}

export const createRunUnit = (key: number, event: DecisionEvent, atUs: number): RunUnit => ({
  key,
  task: event.taskName === undefined ? 0 : fingerprint(event.taskName),
  spent: 0,
  calls: 0,
  costs: [],
  timesUs: [],
  firstUs: atUs,
  lastUs: atUs,
  flagged: 0,
  settled: false,
  said: NOTHING_SAID,
  lifted: NOTHING_SAID,
});

/** Counts one decision. @param cost nano-USD, 0 = not known. */
export function extendUnit(unit: RunUnit, cost: number, atUs: number): void {
  unit.calls++;
  unit.lastUs = atUs;
  if (cost <= 0) return;
  unit.spent += cost;
  unit.costs.push(cost);
  unit.timesUs.push(atUs);
  if (unit.costs.length <= RECENT_STEPS) return;
  unit.costs.shift();
  unit.timesUs.shift();
}

/** Whether its total may become habit: nothing was said about the run itself, and little about what else its agent did meanwhile. */
export const isHealthy = ({ said, flagged, calls }: RunUnit): boolean => said.length === 0 && 2 * flagged <= calls;

/** Mean cost of the newest priced steps, nano-USD; 0 before the first. */
export function stepCost({ costs }: RunUnit): number {
  return costs.length === 0 ? 0 : costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

export const unitToRow = (unit: RunUnit): Json => [
  unit.key,
  unit.task,
  unit.spent,
  unit.calls,
  [...unit.costs],
  [...unit.timesUs],
  unit.firstUs,
  unit.lastUs,
  unit.settled ? 1 : 0,
  unit.flagged,
  [...unit.said],
  [...unit.lifted],
];

export function rowToUnit(row: readonly (number | readonly number[])[]): RunUnit {
  const number = (at: number) => Number(row[at] ?? 0);
  const list = (at: number): number[] => {
    const value = row[at];
    return typeof value === 'object' ? [...value] : [];
  };
  return {
    key: number(0),
    task: number(1),
    spent: number(2),
    calls: number(3),
    costs: list(4),
    timesUs: list(5),
    firstUs: number(6),
    lastUs: number(7),
    settled: (number(8) & 1) === 1,
    flagged: number(9),
    said: list(10),
    lifted: list(11),
  };
}
