import type { DecisionEvent, Severity } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import { type DriftMetric, valueText } from './drift-metrics.ts';
import type { Series } from './series.ts';

/** One metric beside its limit. */
export interface Standing {
  readonly metric: DriftMetric;
  readonly series: Series;
  /** 1 = at its limit, which is wider for a new version. */
  readonly ratio: number;
}

/** What the finding says besides the metric that alarmed. */
export interface DriftContext {
  /** Metrics that are on their way, most first; the alarming one not among them. */
  readonly others: readonly Standing[];
  readonly referenceVersion: number;
  readonly sinceUs: number;
  /** Oldest first. */
  readonly decisionIds: readonly string[];
  /** The action that changed most, as words; '' when none did. */
  readonly action: string;
  /** Jensen–Shannon distance of the action mix from its reference; undefined while it is learning. */
  readonly mixDistance: number | undefined;
}

/** The finding for a shift: what, how much against what normal, since when, how sure. */
export function driftFinding(event: DecisionEvent, standing: Standing, context: DriftContext): Omit<Finding, 'cause'> {
  const { metric, series } = standing;
  const { usual, now, tasks, known, direction } = series.departure();
  return {
    rule: metric.rule,
    subject: { kind: 'decision', id: event.id },
    score: Math.min(0.99, 0.6 + 0.1 * Math.log2(Math.max(1, standing.ratio)) + 0.05 * Math.min(4, context.others.length)),
    severity: severityOf([standing, ...context.others]),
    explanation: sentence(event, standing, context).slice(0, 1_500),
    decisionIds: context.decisionIds,
    facts: {
      direction,
      usual: round(shown(metric, usual)),
      now: round(shown(metric, now)),
      tasks,
      reference_tasks: known,
      reference_version: context.referenceVersion,
      statistic: round(series.statistic),
      limit: round(series.statistic / Math.max(1e-9, standing.ratio)),
      since_us: context.sinceUs,
      ...(context.mixDistance === undefined ? {} : { action_mix_distance: round(context.mixDistance) }),
      ...(context.others.length === 0 ? {} : { also: context.others.map((other) => other.metric.rule).join(' ') }),
    },
    scope: 'agent',
  };
}

/** A fall of cost is news; a fall of calls, or anything beside it that is trouble, is not only that. */
function severityOf(standings: readonly Standing[]): Severity {
  return standings.every(({ metric, series }) => metric.fallIsGood && series.departure().direction === 'down') ? 'info' : 'warning';
}

function sentence({ agent }: DecisionEvent, { metric, series, ratio }: Standing, context: DriftContext): string {
  const { usual, now, tasks, known, per } = series.departure();
  const what =
    metric.kind === 'rate' ? `${metric.noun} in ${valueText(metric, now)} of its ${per}s` : `${metric.noun} ${valueText(metric, now)}`;
  const parts = [
    `Agent ${agent.id} has drifted: ${what} over the last ${tasks} tasks, since ${timeText(context.sinceUs)}; usual is ${valueText(metric, usual)} (${known} tasks).`,
    `The test stands at ${(100 * ratio).toFixed(0)} % of its limit, where an agent that does not change gets about once in ${thousands(series.runLength)} tasks.`,
  ];
  const also = context.others.slice(0, 3).map((other) => {
    const departure = other.series.departure();
    return `${other.metric.noun} ${valueText(other.metric, departure.usual)} → ${valueText(other.metric, departure.now)}`;
  });
  if (also.length > 0) parts.push(`With it: ${also.join('; ')}.`);
  if (context.action !== '') parts.push(`Most changed: ${context.action}.`);
  return parts.join(' ');
}

const shown = ({ unit }: DriftMetric, value: number): number =>
  unit === 'share' ? value : unit === 'count' ? Math.expm1(value) : Math.exp(value);

/** Digits in groups of three, as English reads them. */
const thousands = (count: number): string => String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',');

const round = (value: number): number => Number(value.toPrecision(6));

function timeText(us: number): string {
  const date = new Date(us / 1000);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
