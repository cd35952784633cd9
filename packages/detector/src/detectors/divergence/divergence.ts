import type { DecisionEvent, InputRecord, Json } from '@belay/protocol';
import { BaseDetector, NOTHING } from '../base-detector.ts';
import { type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { Judgements } from '../judgements.ts';
import { clockTime, shortName } from '../wording.ts';
import { type DivergenceConfig, divergenceConfigSchema } from './divergence-config.ts';

const RECENT = 20;
const RISING = 'rising';
/** The usual scores fade: past so many, older ones count half. */
const MEMORY = 4_000;
const NO_SCORES = [0, 0, 0] as const;

type Sums = readonly [count: number, sum: number, squares: number];

interface Recent {
  readonly score: number;
  readonly id: string;
  readonly atUs: number;
  /** False: it was flagged, and does not become usual. */
  isLearned: boolean;
}

/** Intent, call and outcome are far apart, or further apart than they were (docs/detectors/divergence.md). */
class DivergenceWatch extends BaseDetector {
  readonly #config: DivergenceConfig;
  #recent: Recent[] = [];
  /** Of the scores that have left the recent window: count, sum, sum of squares. */
  #usual: Sums = NO_SCORES;
  /** As it was before a person called a rise expected. */
  #former: Sums | undefined;
  /** While scores rise they are not learnt. */
  #isRising = false;
  readonly #judgements = new Judgements(1);
  #found: readonly Finding[] = NOTHING;

  constructor(config: DivergenceConfig) {
    super();
    this.#config = config;
  }

  override observe(event: DecisionEvent, atUs: number): void {
    this.#found = NOTHING;
    const score = event.divergence?.score;
    if (score === undefined) return;
    this.#recent.push({ score, id: event.id, atUs, isLearned: false });
    if (this.#recent.length > RECENT) this.#retire(this.#recent.shift());
    const rising = this.#rising(event);
    this.#isRising = rising !== undefined;
    const found = [this.#high(event, score), rising].filter((one) => one !== undefined);
    if (found.length > 0) this.#found = found;
  }

  override score(): readonly Finding[] {
    return this.#found;
  }

  override learn(event: DecisionEvent): void {
    const newest = this.#recent.at(-1);
    if (newest?.id === event.id) newest.isLearned = true;
  }

  /** An expected rise is the new normal, until that is taken back. */
  override absorb(record: InputRecord): readonly Finding[] {
    if (record.record !== 'feedback' || record.rule !== RISING) return NOTHING;
    this.#judgements.take(RISING, record);
    if (!this.#judgements.accepts(RISING)) {
      this.#usual = this.#former ?? this.#usual;
      this.#former = undefined;
    } else if (record.change === 'given' && this.#recent.length > 0) {
      this.#former ??= this.#usual;
      this.#usual = this.#levelNow();
    }
    return NOTHING;
  }

  override learning(): { learned: number; needed: number } {
    return { learned: Math.min(Math.floor(this.#usual[0]), this.#config.needed), needed: this.#config.needed };
  }

  snapshot(): Json {
    const recent = this.#recent.map(({ score, id, atUs, isLearned }) => [score, id, atUs, isLearned]);
    const former = this.#former === undefined ? null : [...this.#former];
    return [[...this.#usual], former, this.#isRising, recent, this.#judgements.snapshot()];
  }

  restore(state: Json): void {
    const [usual, former, isRising, recent, judgements] = state as [Sums, Sums | null, boolean, [number, string, number, boolean][], Json];
    this.#usual = usual;
    this.#former = former ?? undefined;
    this.#isRising = isRising;
    this.#recent = recent.map(([score, id, atUs, isLearned]) => ({ score, id, atUs, isLearned }));
    this.#judgements.restore(judgements);
  }

  /** As if the last scores had been usual for as long as is needed. */
  #levelNow(): Sums {
    const weight = this.#config.needed / this.#recent.length;
    const [sum, squares] = this.#recent.reduce(([a, b], { score }) => [a + score, b + score * score], [0, 0]);
    return [this.#config.needed, weight * sum, weight * squares];
  }

  #retire(oldest: Recent | undefined): void {
    if (this.#isRising || oldest === undefined || !oldest.isLearned) return;
    const { score } = oldest;
    const fade = this.#usual[0] >= MEMORY ? 0.5 : 1;
    const [count, sum, squares] = this.#usual;
    this.#usual = [fade * count + 1, fade * sum + score, fade * squares + score * score];
  }

  #high(event: DecisionEvent, score: number): Finding | undefined {
    if (score < this.#config.high) return undefined;
    const reasons = event.divergence?.reasons ?? [];
    return {
      ...basis(event),
      rule: 'high',
      cause: `high|${reasons.join('|')}|${event.call?.name ?? ''}`,
      score,
      explanation: `Call ${shortName(event.call?.name ?? 'unknown')} of agent ${event.agent.id} diverges by ${score.toFixed(2)} of 1 (limit ${this.#config.high}) from what was said or what came of it: ${reasons.map(shortName).join(', ') || 'no reason was given'}.`,
      decisionIds: [event.id],
      facts: { divergence: score, limit: this.#config.high, reasons: reasons.join(', ').slice(0, 512) },
    };
  }

  #rising(event: DecisionEvent): Finding | undefined {
    const [count, sum, squares] = this.#usual;
    if (count < this.#config.needed || this.#recent.length < RECENT) return undefined;
    const mean = sum / count;
    const variance = Math.max(1e-4, squares / count - mean * mean);
    const now = this.#recent.reduce((total, { score }) => total + score, 0) / RECENT;
    const errors = (now - mean) / Math.sqrt(variance / RECENT);
    if (now - mean < this.#config.leastRise || errors < this.#config.standardErrors) return undefined;
    const since = clockTime(this.#recent[0]?.atUs ?? 0);
    return {
      ...basis(event),
      rule: RISING,
      cause: RISING,
      score: Math.min(1, 0.5 + errors / 40),
      explanation: `What agent ${event.agent.id} says, does and gets has drifted apart since ${since}: divergence ${now.toFixed(2)} on average over its last ${RECENT} decisions, ${mean.toFixed(2)} over the ${Math.floor(count)} before (${errors.toFixed(1)} standard errors).`,
      decisionIds: this.#recent.map(({ id }) => id),
      facts: { mean_now: round(now), mean_usual: round(mean), standard_errors: round(errors), learned_from: Math.floor(count) },
    };
  }
}

const round = (value: number): number => Number(value.toFixed(3));

const basis = (event: DecisionEvent): Pick<Finding, 'subject' | 'severity' | 'scope'> => ({
  subject: { kind: 'decision', id: event.id },
  severity: 'warning',
  scope: event.sessionId === undefined ? 'run' : 'session',
});

/** `divergence`, as the registry knows it. */
export const divergenceDetector: DetectorType = defineDetector({
  id: 'divergence',
  version: 1,
  stability: 'beta',
  probe: false,
  configSchema: divergenceConfigSchema,
  create: (config: DivergenceConfig) => new DivergenceWatch(config),
});
