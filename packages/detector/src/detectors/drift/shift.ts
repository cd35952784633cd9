import type { InputRecord, Json } from '@belay/protocol';
import type { ActionTable } from './action-table.ts';
import type { RunningMean } from './running-mean.ts';
import type { References, TaskTests } from './task-tests.ts';

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

/** What has a reference. */
export interface Referenced {
  readonly tests: TaskTests;
  readonly actions: ActionTable;
  readonly approvals: RunningMean;
  readonly cost: RunningMean;
}

/** References as they were before the newest shift. */
interface Former {
  readonly rule: string;
  readonly tests: References;
  readonly actions: readonly unknown[];
  readonly approvals: readonly number[];
  readonly cost: readonly number[];
  verdict?: 'expected' | 'false_positive';
}

/**
 * The newest shift of an agent, and the way back from it. One anomaly per shift: the tests learn the new level and look for the next; what is
 * shown as normal stays what it was until a person says that the new level is expected. One former reference is kept, to take that back.
 */
export class Shift {
  number = 0;
  /** Raised whenever another reference holds. */
  referenceVersion = 1;
  #former: Former | undefined;

  /** A shift that nobody has judged yet. */
  get isOpen(): boolean {
    return this.#former !== undefined && this.#former.verdict === undefined;
  }

  begin(rule: string, { tests, actions, approvals, cost }: Referenced): void {
    this.number++;
    this.referenceVersion++;
    this.#former = {
      rule,
      tests: tests.renew(),
      actions: actions.reference() as readonly unknown[],
      approvals: approvals.reference(),
      cost: cost.reference(),
    };
  }

  /** Feedback on an older shift changes nothing here: its reference is gone. */
  absorb({ cause, verdict, change }: Feedback, parts: Referenced): void {
    const former = this.#former;
    if (former === undefined || cause !== `${former.rule}|shift ${this.number}`) return;
    const takenBack = former.verdict;
    if (takenBack !== undefined && (change === 'withdrawn' || verdict !== takenBack)) this.#resume(former, parts);
    if (change === 'withdrawn' || verdict === 'true_positive' || former.verdict === verdict) return;
    former.verdict = verdict;
    this.referenceVersion++;
    if (verdict === 'expected') settle(former, parts);
    else {
      parts.tests.resume(former.tests);
      parts.tests.widen(former.rule, false);
    }
  }

  snapshot(): Json {
    return [this.number, this.referenceVersion, (this.#former ?? null) as Json];
  }

  restore(state: Json): void {
    const [number, referenceVersion, former] = state as [number, number, Former | null];
    this.number = number;
    this.referenceVersion = referenceVersion;
    this.#former = former === null ? undefined : { ...former };
  }

  /** The verdict is taken back: what held before it holds again. */
  #resume(former: Former, { tests, actions, approvals, cost }: Referenced): void {
    if (former.verdict === 'false_positive') tests.widen(former.rule, true);
    else {
      tests.resume(former.tests);
      actions.begin(former.actions);
      approvals.begin(former.approvals);
      cost.begin(former.cost);
    }
    delete former.verdict;
    this.referenceVersion++;
  }
}

function settle(former: Former, { tests, actions, approvals, cost }: Referenced): void {
  tests.settle(former.tests);
  actions.settle();
  approvals.settle();
  cost.settle();
}
