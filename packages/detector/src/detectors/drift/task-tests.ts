import type { Json } from '@belay/protocol';
import type { DriftConfig } from './drift-config.ts';
import type { Standing } from './drift-finding.ts';
import { type DriftMetric, driftMetrics } from './drift-metrics.ts';
import type { Reference, Series } from './series.ts';
import type { TaskTally } from './task-tally.ts';

/** A metric whose statistic is beyond this part of its limit is named beside the one that alarmed. */
const NOTABLE = 0.5;
/** Beyond this part of its limit it is taken to have moved with it, and learns its new level too. */
const MOVED = 0.25;
/** Tasks since a shift from which on the new level is known. */
const SETTLE_TASKS = 5;
/** What a wrong alarm widens the limits of its metric by, and at most. */
const WIDER = 1.25;
const WIDEST = 2;

/** References of all metrics, to be given back. */
export type References = readonly (readonly [rule: string, reference: Reference])[];

/** The series of one agent: made when there is something to count, tested at the end of each task, replaced at a shift. */
export class TaskTests {
  readonly #config: DriftConfig;
  readonly #series = new Map<string, Series>();
  /** Made with the first wrong alarm. */
  #factors: Map<string, number> | undefined;
  /** Metrics that learn a new level since the newest shift. */
  #renewed: readonly string[] = [];
  #tasks = 0;
  /** Tasks tested, learned or not. */
  ended = 0;

  constructor(config: DriftConfig) {
    this.#config = config;
  }

  push(task: TaskTally): void {
    this.ended++;
    for (const metric of driftMetrics) {
      const value = metric.measure(task);
      if (value !== undefined) this.#seriesFor(metric, value)?.push(value);
    }
  }

  learn(task: TaskTally): void {
    for (const metric of driftMetrics) {
      const value = metric.measure(task);
      if (value !== undefined) this.#series.get(metric.rule)?.learn(value);
    }
    this.#tasks++;
  }

  /** Metrics beyond half of their limit, farthest first. @param width ≥ 1: how much wider limits are. */
  standings(width: number): readonly Standing[] {
    const found: Standing[] = [];
    for (const metric of driftMetrics) {
      const series = this.#series.get(metric.rule);
      if (series === undefined || series.statistic <= NOTABLE * series.threshold) continue;
      const ratio = series.statistic / this.limitOf(metric.rule, width);
      if (ratio > NOTABLE) found.push({ metric, series, ratio });
    }
    return found.length < 2 ? found : found.sort((a, b) => b.ratio - a.ratio);
  }

  /** The first reference is not known yet. */
  get isLearning(): boolean {
    return this.#tasks < this.#config.referenceTasks;
  }

  /** Tasks learned, of the first reference or of the level after the newest shift; at most `referenceTasks`. */
  get learned(): number {
    const most = this.#config.referenceTasks;
    const renewed = this.#renewed.map((rule) => this.#series.get(rule)).filter((series) => series !== undefined);
    return Math.min(most, this.#tasks, ...renewed.map(({ learned, needed }) => Math.floor((most * learned) / needed)));
  }

  /** Where a metric alarms. @param width ≥ 1: how much wider limits are. */
  limitOf(rule: string, width: number): number {
    return (this.#series.get(rule)?.threshold ?? 0) * width * (this.#factors?.get(rule) ?? 1);
  }

  of(rule: string): Series | undefined {
    return this.#series.get(rule);
  }

  /** Metrics that have moved, and `rule`, begin to learn anew; answers what their references were. The others go on: none is blind for another. */
  renew(rule: string): References {
    const moved = [...this.#series].filter(([name, series]) => name === rule || series.statistic > MOVED * series.threshold);
    const former = moved.map(([name, series]): readonly [string, Reference] => [name, series.reference()]);
    for (const [, series] of moved) series.begin();
    this.#renewed = [...new Set([...this.#renewed, ...moved.map(([name]) => name)])];
    return former;
  }

  /** What was learned since {@link TaskTests.renew} is the reference from now on; where that is too little, the former is. */
  settle(former: References): void {
    for (const [rule, reference] of former) this.#series.get(rule)?.settle(reference, { least: SETTLE_TASKS });
    this.#renewed = [];
  }

  /** The former references hold again. */
  resume(former: References): void {
    for (const [rule, reference] of former) this.#series.get(rule)?.begin(reference);
    this.#renewed = [];
  }

  /** Wider limits for a metric that alarmed wrongly; `back` takes one such step back. */
  widen(rule: string, back: boolean): void {
    const factor = (this.#factors?.get(rule) ?? 1) * (back ? 1 / WIDER : WIDER);
    this.#factors ??= new Map();
    this.#factors.set(rule, Math.min(WIDEST, Math.max(1, factor)));
  }

  snapshot(): Json {
    return [
      this.#tasks,
      this.ended,
      this.#renewed,
      [...(this.#factors ?? [])],
      [...this.#series].map(([rule, series]) => [rule, series.snapshot()]),
    ];
  }

  restore(state: unknown): void {
    const [tasks, ended, renewed, factors, series] = state as [number, number, string[], [string, number][], [string, number[][]][]];
    this.#tasks = tasks;
    this.ended = ended;
    this.#renewed = renewed;
    this.#factors = factors.length === 0 ? undefined : new Map(factors);
    for (const [rule, numbers] of series) {
      const metric = driftMetrics.find((one) => one.rule === rule);
      if (metric === undefined) continue;
      const made = metric.create(this.#config, 0);
      made.restore(numbers);
      this.#series.set(rule, made);
    }
  }

  #seriesFor(metric: DriftMetric, value: number): Series | undefined {
    const known = this.#series.get(metric.rule);
    if (known !== undefined) return known;
    if (metric.beginsAtZero && value === 0) return undefined;
    const made = metric.create(this.#config, metric.beginsAtZero ? this.#tasks : 0);
    this.#series.set(metric.rule, made);
    return made;
  }
}
