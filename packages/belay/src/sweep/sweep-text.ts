import type { SweepPoint, SweepResult } from './run-sweep.ts';

/** A share as a person reads it: `96 %`; a dash where there is none. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : `${Number((100 * share).toFixed(1))} %`;

/** A rate with as many digits as it is worth: `0.42`, `7.1`, `420`. */
export const rateText = (rate: number | null): string =>
  rate === null ? '–' : rate >= 100 ? String(Math.round(rate)) : String(Number(rate.toPrecision(2)));

const pointAt = (result: SweepResult, value: unknown): SweepPoint | undefined => result.points.find((point) => point.value === value);

/** What the sweep found, in a sentence: the best value beside the present one, or how the pauses change over the values. */
export function findingOf(result: SweepResult): string {
  const { detector, key, present, best, points } = result;
  const name = `${detector}.${key}`;
  const [now, first, last] = [pointAt(result, present), points[0], points.at(-1)];
  const then = best === null ? undefined : pointAt(result, best);
  if (then?.labelled && now?.labelled) {
    const matchText = (point: SweepPoint): string =>
      `recall ${percent(point.labelled?.recall)}, precision ${percent(point.labelled?.precision)}`;
    if (best === present) return `${name} = ${present} fits the labels best: ${matchText(now)}`;
    return `${name}: ${best} fits the labels best (${matchText(then)}), today's ${present} less (${matchText(now)})`;
  }
  if (first === undefined || last === undefined || first === last) return `${name} = ${present}: ${first?.pauses ?? 0} pauses`;
  if (first.pauses === last.pauses && points.every(({ pauses }) => pauses === first.pauses))
    return `${name} changes nothing here: ${first.pauses} pauses at every value`;
  return `${name} from ${first.value} to ${last.value}: ${first.pauses} pauses become ${last.pauses}`;
}

/** What it was measured on: for captions. */
export function sampleOf({ decisions, agents, agentHours, labels }: SweepResult): string {
  const known = labels === null ? '' : `; labels: ${labels.bad} bad, ${labels.good} good`;
  return `n = ${decisions} decisions of ${agents} agents, ${rateText(agentHours)} agent-hours at work${known}`;
}
