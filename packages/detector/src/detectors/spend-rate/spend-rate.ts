import { BelayError, type DecisionEvent, type InputRecord, type Json } from '@belay/protocol';
import { SecondSeries } from '../../stats/second-series.ts';
import { TrailingWindow } from '../../stats/trailing-window.ts';
import { type Detector, type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { Lineage } from '../lineage.ts';
import { AcceptedLevels, type LevelRows } from './accepted-levels.ts';
import { FleetSize } from './fleet-size.ts';
import { Habit, HOLD_BACK_SECONDS } from './habit.ts';
import { runCauseOf, runFindings } from './run-finding.ts';
import type { LedgerState } from './run-ledger.ts';
import { RunWatch } from './run-watch.ts';
import { ScopeShare } from './scope-share.ts';
import { type SpendConfig, spendConfigSchema } from './spend-config.ts';
import { causeOf, spendFinding } from './spend-finding.ts';
import { burstMatch, capMatches, isQuietWindow, type SpendFacts, type SpendMatch, surgeMatch, volumeMatch } from './spend-rules.ts';
import { Surge } from './surge.ts';

/** Windows in seconds, shortest first. */
const WINDOWS = [1, 30, 60, 120, 300] as const;
/** The window of the absolute caps has no habit: those of half and twice its length see the same sooner, or more surely. */
const CAPS_ONLY = 60;
const HORIZON_SECONDS = 2 * 300 + HOLD_BACK_SECONDS + 1;
const NOTHING: readonly Finding[] = [];
const NO_MATCHES: readonly SpendMatch[] = [];
const NEVER = -1e12;
/** Decisions until a new version or model is judged as the one before it was. */
const SETTLE_DECISIONS = 200;

/** Spend and calls per window and per run against this agent's own habit, and absolute caps (docs/detectors/spend_rate.md). */
class SpendRate implements Detector {
  readonly #config: SpendConfig;
  readonly #series = new SecondSeries(HORIZON_SECONDS);
  readonly #live: readonly TrailingWindow[];
  /** By window; undefined for the one of the caps. */
  readonly #habits: readonly (Habit | undefined)[];
  readonly #surge: Surge;
  readonly #share = new ScopeShare();
  readonly #runs: RunWatch;
  readonly #fleet = new FleetSize();
  readonly #lineage = new Lineage(SETTLE_DECISIONS);
  readonly #levels = new AcceptedLevels();
  #second = NEVER;
  #firstSecond = NEVER;
  /** Second of the newest decision that the pipeline has not let us learn: nothing that overlaps it becomes habit. */
  #blockedSecond = NEVER;
  #unlearned = false;
  /** The newest decision was flagged here, not only elsewhere. */
  #isOurs = false;
  /** Seconds of decisions that only another detector flagged. */
  #foreign = { from: NEVER, to: NEVER };
  /** What the windows say of the newest decision. */
  #matches: readonly SpendMatch[] = NO_MATCHES;

  constructor(config: SpendConfig) {
    this.#config = config;
    this.#live = WINDOWS.map((seconds) => new TrailingWindow(this.#series, seconds));
    const memory = config.memorySamples;
    this.#habits = WINDOWS.map((seconds) => (seconds === CAPS_ONLY ? undefined : new Habit(this.#series, { seconds, memory })));
    this.#surge = new Surge(config.surgeFactor);
    this.#runs = new RunWatch(config);
  }

  observe(event: DecisionEvent, atUs: number): void {
    const isEnd = isEndMarker(event);
    if (!isEnd && !isCounted(event)) return;
    this.#settleUnlearned();
    if (isEnd) {
      this.#runs.end(event);
      return;
    }
    this.#unlearned = true;
    const cost = Math.max(0, event.costNanoUsd ?? event.estimatedCostNanoUsd ?? 0);
    this.#lineage.observe(event);
    this.#moveTo(Math.floor(atUs / 1e6));
    this.#add(cost);
    if (cost > 0 && this.#ageSeconds() < this.#config.matureSeconds) this.#surge.observe(cost);
    this.#share.observe(event, cost);
    this.#runs.observe(event, { cost, atUs, width: this.#lineageWidth(), accepted: this.#acceptedRun });
    if (this.#fleet.isDue(this.#second))
      this.#fleet.observe(this.#runs.atWork(atUs), this.#second, Math.max(this.#blockedSecond, this.#foreign.to));
    this.#matches = this.#isQuiet() ? NO_MATCHES : this.#windowMatches();
    this.#isOurs = this.#matches.length > 0 || this.#runs.matches(event).length > 0;
    this.#remember(event);
  }

  score(event: DecisionEvent): readonly Finding[] {
    if (!isCounted(event)) return NOTHING;
    const runs = this.#runs.matches(event);
    if (this.#matches.length === 0 && runs.length === 0) return NOTHING;
    return [...this.#matches.map((match) => spendFinding(event, match, this.#share.scope(match.by))), ...runFindings(event, runs)];
  }

  learn(event: DecisionEvent): void {
    if (isCounted(event)) this.#unlearned = false;
  }

  /**
   * Whoever lifts a hold has seen what was spent: only what comes after counts against the agent. Whoever calls an anomaly expected makes the level
   * that alarmed part of the habit.
   */
  absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'feedback') this.#levels.take(record);
    if (record.record !== 'hold' || record.change !== 'released') return NOTHING;
    for (const window of this.#live) window.clear();
    this.#runs.lift();
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
      habits: this.#habits.map((habit) => habit?.snapshot() ?? []),
      surge: this.#surge.snapshot(),
      share: this.#share.snapshot(),
      runs: this.#runs.snapshot(),
      fleet: this.#fleet.snapshot(),
      lineage: this.#lineage.snapshot(),
      levels: this.#levels.snapshot(),
      times: [
        this.#second,
        this.#firstSecond,
        this.#blockedSecond,
        this.#unlearned ? 1 : 0,
        this.#isOurs ? 1 : 0,
        this.#foreign.from,
        this.#foreign.to,
      ],
    };
  }

  restore(state: Json): void {
    if (typeof state !== 'object' || state === null || !('series' in state))
      throw new BelayError('corrupt', 'A snapshot of the detector spend_rate is not one; its state starts afresh.');
    const { series, first, live, habits, surge, share, times, runs, fleet, lineage, levels } = state as unknown as SpendState;
    this.#series.restore(first, series);
    for (const [i, window] of this.#live.entries()) window.restore(live[i] ?? []);
    for (const [i, habit] of this.#habits.entries()) habit?.restore(habits[i] ?? []);
    this.#surge.restore(surge);
    this.#share.restore(share);
    this.#runs.restore(runs);
    this.#fleet.restore(fleet);
    this.#lineage.restore(lineage);
    this.#levels.restore(levels);
    const [second = NEVER, firstSecond = NEVER, blockedSecond = NEVER, unlearned = 0, isOurs = 0, from = NEVER, to = NEVER] = times;
    this.#second = second;
    this.#firstSecond = firstSecond;
    this.#blockedSecond = blockedSecond;
    this.#unlearned = unlearned === 1;
    this.#isOurs = isOurs === 1;
    this.#foreign = { from, to };
    this.#matches = NO_MATCHES;
  }

  #moveTo(second: number): void {
    if (this.#firstSecond === NEVER) this.#firstSecond = second;
    if (second <= this.#second) return;
    this.#second = second;
    for (const habit of this.#habits)
      habit?.advance(second, { bornSecond: this.#firstSecond, blockedSecond: this.#blockedSecond, foreign: this.#foreign });
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
    for (const window of this.#live) if (!isQuietWindow(this.#config, window)) return false;
    return true;
  }

  #windowMatches(): readonly SpendMatch[] {
    const facts = this.#facts();
    const matches = [
      ...capMatches(this.#config, facts),
      burstMatch(this.#config, facts) ?? surgeMatch(this.#config, facts),
      volumeMatch(this.#config, facts),
    ];
    return matches.filter((match): match is SpendMatch => match !== undefined);
  }

  #facts(): SpendFacts {
    return {
      windows: this.#live.map(({ seconds, sum, count }, i) => {
        const habit = this.#habits[i];
        const usualSum = Math.max(habit?.usual.sum ?? 0, this.#levels.of(String(seconds), 'cost'));
        const usualCount = Math.max(habit?.usual.count ?? 0, this.#levels.of(String(seconds), 'count'));
        return { seconds, sum, count, usualSum, usualCount, most: habit?.most, samples: habit?.samples ?? 0 };
      }),
      ageSeconds: this.#ageSeconds(),
      surgeRatio: this.#ageSeconds() < this.#config.matureSeconds ? this.#surge.ratio() : undefined,
      width: this.#lineageWidth() * this.#fleet.growth(this.#runs.atWork(this.#second * 1e6)),
    };
  }

  /**
   * Nothing that overlaps a decision which was not learned becomes habit, nor do its runs. Of what was flagged here, what led up to it does not
   * either: a runaway begins before it is found.
   */
  #settleUnlearned(): void {
    if (!this.#unlearned) return;
    if (this.#isOurs) this.#blockedSecond = this.#second;
    else this.#foreign = { from: this.#second - this.#foreign.to > HORIZON_SECONDS ? this.#second : this.#foreign.from, to: this.#second };
    this.#runs.flagLast();
    this.#unlearned = false;
  }

  /** Levels that alarm, should a person call one expected. */
  #remember(event: DecisionEvent): void {
    for (const { rule, by, window, cause } of this.#matches) {
      const level = { of: String(window.seconds), spent: window.sum, calls: window.count };
      this.#levels.alarmed(rule, causeOf(event, cause, this.#share.scope(by)), level);
    }
    for (const match of this.#runs.matches(event))
      this.#levels.alarmed(match.rule, runCauseOf(match), { of: 'run', spent: match.unit.spent, calls: match.unit.calls });
  }

  #lineageWidth(): number {
    return this.#lineage.width(this.#config.newVersionFactor);
  }

  readonly #acceptedRun = (by: 'cost' | 'count'): number => this.#levels.of('run', by);
}

interface SpendState {
  readonly series: readonly number[];
  readonly first: number;
  readonly live: readonly (readonly number[])[];
  readonly habits: readonly (readonly (readonly number[])[])[];
  readonly surge: readonly (readonly number[])[];
  readonly share: readonly number[];
  readonly times: readonly number[];
  readonly runs: LedgerState;
  readonly fleet: readonly number[];
  readonly lineage: Json;
  readonly levels: readonly LevelRows[];
}

/** Actions and model calls that ran; markers carry totals, proposals have not run, and what was refused cost nothing. */
const isCounted = ({ kind, outcome }: DecisionEvent): boolean =>
  (kind === 'tool' || kind === 'model' || kind === 'agent') && outcome?.status !== 'blocked';

/** What closes a task, a session or a run. */
const isEndMarker = ({ kind }: DecisionEvent): boolean => kind === 'task_end' || kind === 'session_end' || kind === 'run_end';

/** `spend_rate`, as the registry knows it. */
export const spendRateDetector: DetectorType = defineDetector({
  id: 'spend_rate',
  version: 3,
  stability: 'beta',
  probe: false,
  configSchema: spendConfigSchema,
  create: (config: SpendConfig) => new SpendRate(config),
});
