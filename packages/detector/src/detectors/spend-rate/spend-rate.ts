import { BelayError, type DecisionEvent, type InputRecord, type Json } from '@belay/protocol';
import { SecondSeries } from '../../stats/second-series.ts';
import { TrailingWindow } from '../../stats/trailing-window.ts';
import { type Detector, type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { Habit, HOLD_BACK_SECONDS } from './habit.ts';
import { ScopeShare } from './scope-share.ts';
import { type SpendConfig, spendConfigSchema } from './spend-config.ts';
import { spendFinding } from './spend-finding.ts';
import { burstMatch, capMatches, isQuietWindow, type SpendFacts, type SpendMatch, surgeMatch, volumeMatch } from './spend-rules.ts';
import { Surge } from './surge.ts';

/** Windows in seconds, shortest first, and the quantile of their past sums that counts as the top of the habit. */
const WINDOWS = [
  { seconds: 10, quantile: 1 },
  { seconds: 60, quantile: 0.99 },
  { seconds: 300, quantile: 0.95 },
] as const;
const HORIZON_SECONDS = 2 * 300 + HOLD_BACK_SECONDS + 1;
const NOTHING: readonly Finding[] = [];
const NEVER = -1e12;

/** Spend and calls per window against this agent's own habit, and absolute caps (docs/detectors/spend_rate.md). */
class SpendRate implements Detector {
  readonly #config: SpendConfig;
  readonly #series = new SecondSeries(HORIZON_SECONDS);
  readonly #live: readonly TrailingWindow[];
  readonly #habits: readonly Habit[];
  readonly #surge: Surge;
  readonly #share = new ScopeShare();
  #second = NEVER;
  #firstSecond = NEVER;
  /** Second of the newest decision that the pipeline has not let us learn: nothing that overlaps it becomes habit. */
  #blockedSecond = NEVER;
  #unlearned = false;

  constructor(config: SpendConfig) {
    this.#config = config;
    this.#live = WINDOWS.map(({ seconds }) => new TrailingWindow(this.#series, seconds));
    this.#habits = WINDOWS.map(({ seconds, quantile }) => new Habit(this.#series, { seconds, quantile, memory: config.memorySamples }));
    this.#surge = new Surge(config.surgeFactor);
  }

  observe(event: DecisionEvent, atUs: number): void {
    if (!isCounted(event)) return;
    if (this.#unlearned) this.#blockedSecond = this.#second;
    this.#unlearned = true;
    const cost = Math.max(0, event.costNanoUsd ?? event.estimatedCostNanoUsd ?? 0);
    this.#moveTo(Math.floor(atUs / 1e6));
    this.#add(cost);
    if (cost > 0 && this.#ageSeconds() < this.#config.matureSeconds) this.#surge.observe(cost);
    this.#share.observe(event, cost);
  }

  score(event: DecisionEvent): readonly Finding[] {
    if (!isCounted(event) || this.#isQuiet()) return NOTHING;
    const facts = this.#facts();
    const matches = [
      ...capMatches(this.#config, facts),
      burstMatch(this.#config, facts) ?? surgeMatch(this.#config, facts),
      volumeMatch(this.#config, facts),
    ];
    const found = matches.filter((match): match is SpendMatch => match !== undefined);
    return found.length === 0 ? NOTHING : found.map((match) => spendFinding(event, match, this.#share.scope(match.by)));
  }

  learn(event: DecisionEvent): void {
    if (isCounted(event)) this.#unlearned = false;
  }

  advance(): readonly Finding[] {
    return NOTHING;
  }

  /** Whoever lifts a hold has seen what was spent: only what comes after counts against the agent. */
  absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'hold' && record.change === 'released') for (const window of this.#live) window.clear();
    return NOTHING;
  }

  learning(): { learned: number; needed: number } {
    const needed = this.#config.leastSamples;
    const byTime = (this.#second - this.#firstSecond) / Math.max(1, this.#config.leastSeconds);
    const bySamples = (this.#habits[0]?.samples ?? 0) / needed;
    return { learned: this.#firstSecond === NEVER ? 0 : Math.floor(needed * Math.min(1, byTime, bySamples)), needed };
  }

  snapshot(): Json {
    return {
      series: this.#series.rows(),
      first: this.#series.first,
      live: this.#live.map((window) => window.snapshot()),
      habits: this.#habits.map((habit) => habit.snapshot()),
      surge: this.#surge.snapshot(),
      share: this.#share.snapshot(),
      times: [this.#second, this.#firstSecond, this.#blockedSecond, this.#unlearned ? 1 : 0],
    };
  }

  restore(state: Json): void {
    if (typeof state !== 'object' || state === null || !('series' in state))
      throw new BelayError('corrupt', 'A snapshot of the detector spend_rate is not one; its state starts afresh.');
    const { series, first, live, habits, surge, share, times } = state as unknown as SpendState;
    this.#series.restore(first, series);
    for (const [i, window] of this.#live.entries()) window.restore(live[i] ?? []);
    for (const [i, habit] of this.#habits.entries()) habit.restore(habits[i] ?? []);
    this.#surge.restore(surge);
    this.#share.restore(share);
    const [second = NEVER, firstSecond = NEVER, blockedSecond = NEVER, unlearned = 0] = times;
    this.#second = second;
    this.#firstSecond = firstSecond;
    this.#blockedSecond = blockedSecond;
    this.#unlearned = unlearned === 1;
  }

  #moveTo(second: number): void {
    if (this.#firstSecond === NEVER) this.#firstSecond = second;
    if (second <= this.#second) return;
    this.#second = second;
    for (const habit of this.#habits) habit.advance(second, { bornSecond: this.#firstSecond, blockedSecond: this.#blockedSecond });
    for (const window of this.#live) window.forget(second);
  }

  #add(cost: number): void {
    this.#series.add(this.#second, cost);
    for (const window of this.#live) {
      if (window.to < this.#series.end) window.take();
      else window.grow(cost);
    }
  }

  #ageSeconds(): number {
    return this.#second - this.#firstSecond;
  }

  /** Nothing is above a floor or a cap: the common case, decided without making anything. */
  #isQuiet(): boolean {
    return this.#live.every(({ seconds, sum, count }) => isQuietWindow(this.#config, { seconds, sum, count }));
  }

  #facts(): SpendFacts {
    return {
      windows: this.#live.map(({ seconds, sum, count }, i) => {
        const habit = this.#habits[i];
        return { seconds, sum, count, usualSum: habit?.usual.sum ?? 0, usualCount: habit?.usual.count ?? 0, samples: habit?.samples ?? 0 };
      }),
      ageSeconds: this.#ageSeconds(),
      surgeRatio: this.#surge.ratio(),
    };
  }
}

interface SpendState {
  readonly series: readonly number[];
  readonly first: number;
  readonly live: readonly (readonly number[])[];
  readonly habits: readonly (readonly (readonly number[])[])[];
  readonly surge: readonly (readonly number[])[];
  readonly share: readonly (readonly number[])[];
  readonly times: readonly number[];
}

/** Actions and model calls that ran; markers carry totals, proposals have not run, and what was refused cost nothing. */
const isCounted = ({ kind, outcome }: DecisionEvent): boolean =>
  (kind === 'tool' || kind === 'model' || kind === 'agent') && outcome?.status !== 'blocked';

/** `spend_rate`, as the registry knows it. */
export const spendRateDetector: DetectorType = defineDetector({
  id: 'spend_rate',
  version: 1,
  stability: 'beta',
  probe: false,
  configSchema: spendConfigSchema,
  create: (config: SpendConfig) => new SpendRate(config),
});
