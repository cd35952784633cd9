import type { InputRecord, Json } from '@belay/protocol';
import { Judgements } from '../judgements.ts';
import type { ActionTable } from './action-table.ts';
import type { RunningMean } from './running-mean.ts';
import type { References, TaskTests } from './task-tests.ts';

/** What left zero so many tasks after the alarm at the latest belongs to the same shift. */
const GRACE_TASKS = 5;

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
  /** Tasks that had ended when it was found. */
  readonly atTask: number;
  tests: References;
  readonly actions: readonly unknown[];
  readonly approvals: readonly number[];
  readonly cost: readonly number[];
  verdict?: 'expected' | 'false_positive';
}

/**
 * The newest shift of an agent, and the way back from it. One anomaly per shift: the metrics that moved learn the new level, all look for the next; what is
 * shown as normal stays what it was until a person says that the new level is expected. One former reference is kept, to take that back.
 */
export class Shift {
  number = 0;
  /** Raised whenever another reference holds. */
  referenceVersion = 1;
  #former: Former | undefined;
  /** Of the newest shift alone: several of its metrics may have been told, and judged. */
  readonly #judgements = new Judgements(1);

  /** Takes note of an alarm; true when it belongs to the newest shift: what moved then, and is only found now. @param tasks since it left zero. */
  take(rule: string, tasks: number, parts: Referenced): boolean {
    const { tests, actions, approvals, cost } = parts;
    const former = this.#former;
    const isSame = former !== undefined && former.verdict === undefined && tests.ended - tasks < former.atTask + GRACE_TASKS;
    if (isSame) {
      const known = new Set(former.tests.map(([name]) => name));
      former.tests = [...former.tests, ...tests.renew(rule).filter(([name]) => !known.has(name))];
      return true;
    }
    this.number++;
    this.referenceVersion++;
    this.#former = {
      rule,
      atTask: tests.ended,
      tests: tests.renew(rule),
      actions: actions.reference() as readonly unknown[],
      approvals: approvals.reference(),
      cost: cost.reference(),
    };
    return false;
  }

  /** What findings of the newest shift share. */
  get cause(): string {
    return `${this.#former?.rule ?? ''}|shift ${this.number}`;
  }

  /** Feedback on an older shift changes nothing here: its reference is gone. */
  absorb(feedback: Feedback, parts: Referenced): void {
    const former = this.#former;
    if (former === undefined || feedback.cause !== this.cause) return;
    this.#judgements.take(this.cause, feedback);
    const word = this.#judgements.of(this.cause);
    const verdict = word === 'true_positive' ? undefined : word;
    if (verdict === former.verdict) return;
    if (former.verdict !== undefined) this.#resume(former, parts);
    if (verdict === undefined) return;
    former.verdict = verdict;
    this.referenceVersion++;
    if (verdict === 'expected') settle(former, parts);
    else {
      parts.tests.resume(former.tests);
      parts.tests.widen(former.rule, false);
    }
  }

  snapshot(): Json {
    return [this.number, this.referenceVersion, (this.#former ?? null) as Json, this.#judgements.snapshot()];
  }

  restore(state: Json): void {
    const [number, referenceVersion, former, judgements] = state as [number, number, Former | null, Json?];
    this.#judgements.restore(judgements);
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
