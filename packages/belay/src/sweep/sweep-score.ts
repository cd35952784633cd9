import type { SweepLabel } from './sweep-label.ts';
import type { SweepValue } from './sweep-parameter.ts';

/** How the alarms of one value fit the labels. Shares are null where there is nothing to take them of. */
export interface LabelOutcome {
  readonly caught: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number;
}

/** @param flagged labels (by index) that have an alarm. */
export function outcomeOf(labels: readonly SweepLabel[], flagged: ReadonlySet<number>): LabelOutcome {
  const bad = labels.filter((label) => label.bad).length;
  const caught = [...flagged].filter((index) => labels[index]?.bad === true).length;
  const falseAlarms = flagged.size - caught;
  return {
    caught,
    missed: bad - caught,
    falseAlarms,
    precision: flagged.size === 0 ? null : caught / flagged.size,
    recall: bad === 0 ? null : caught / bad,
    f1: bad + flagged.size === 0 ? 0 : (2 * caught) / (bad + flagged.size),
  };
}

interface Scored {
  readonly value: SweepValue;
  readonly pauses: number;
  readonly labelled: LabelOutcome | null;
}

/** The value with the highest F1; of equals the one with the fewest pauses, then the one nearest to the present value, then the first. */
export function bestOf(points: readonly Scored[], present: SweepValue): SweepValue | null {
  const distance = ({ value }: Scored): number => Math.abs(Number(value) - Number(present)) || 0;
  const ranked = points.toSorted(
    (a, b) => (b.labelled?.f1 ?? 0) - (a.labelled?.f1 ?? 0) || a.pauses - b.pauses || distance(a) - distance(b),
  );
  return ranked[0]?.value ?? null;
}
