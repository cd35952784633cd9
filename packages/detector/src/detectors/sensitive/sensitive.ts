import type { DecisionEvent, InputRecord, Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import { BaseDetector, NOTHING } from '../base-detector.ts';
import { type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { Judgements } from '../judgements.ts';
import { RecentMap } from '../recent-map.ts';
import { clockTime, shortName } from '../wording.ts';
import { HourHabit, hourOf } from './hour-habit.ts';
import { type SensitiveConfig, sensitiveConfigSchema } from './sensitive-config.ts';
import { markedBy, type Target, targetsOf } from './targets-of.ts';

/** Targets of one agent's habit; the least recently used beyond it are forgotten, and new again. */
const HABIT_MAX = 256;
const DAY_US = 86_400_000_000;

interface Match {
  readonly rule: 'new_target' | 'outside_hours' | 'unusual_hour';
  readonly target: Target;
  readonly why: string;
}

/** Sensitive writes outside an agent's habit or outside the hours allowed (docs/detectors/sensitive.md). */
class Sensitive extends BaseDetector {
  readonly #config: SensitiveConfig;
  readonly #isMarked: (destination: string) => boolean;
  #decisions = 0;
  /** Fingerprints of targets, least recently used first. */
  readonly #habit = new RecentMap<number, true>(HABIT_MAX);
  readonly #hours = new HourHabit();
  readonly #judgements = new Judgements(HABIT_MAX);
  #targets: readonly Target[] = [];
  #found: readonly Finding[] = NOTHING;

  constructor(config: SensitiveConfig) {
    super();
    this.#config = config;
    this.#isMarked = testOf(config);
  }

  override observe(event: DecisionEvent, atUs: number): void {
    this.#found = NOTHING;
    if (event.kind === 'tool' && this.#decisions < this.#config.needed) this.#decisions++;
    this.#targets = targetsOf(event, this.#isMarked);
    if (this.#targets.length === 0) return;
    const found = this.#targets.map((target) => this.#match(target, atUs)).filter((match) => match !== undefined);
    const [first] = found;
    if (first !== undefined) this.#found = [findingOf(event, first, atUs, this.#habit.size)];
  }

  override score(): readonly Finding[] {
    return this.#found;
  }

  override learn(_event: DecisionEvent, atUs: number): void {
    if (this.#targets.length === 0) return;
    // What a person accepts is known as long as the word stands, no longer: it does not become habit meanwhile.
    for (const { key } of this.#targets) if (!this.#judgements.accepts(newTargetCause(key))) this.#learnTarget(fingerprint(key));
    this.#hours.learn(atUs);
  }

  /** An expected target is as good as habit, until that is taken back. */
  override absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'feedback' && record.rule === 'new_target' && record.cause !== undefined)
      this.#judgements.take(record.cause, record);
    return NOTHING;
  }

  override learning(): { learned: number; needed: number } {
    return { learned: this.#decisions, needed: this.#config.needed };
  }

  snapshot(): Json {
    return [this.#decisions, this.#habit.entries().map(([key]) => key), this.#hours.snapshot(), this.#judgements.snapshot()];
  }

  restore(state: Json): void {
    const [decisions, habit, hours, judgements] = state as [number, number[], Json, Json];
    this.#decisions = decisions;
    this.#habit.replace(habit.map((key) => [key, true]));
    this.#hours.restore(hours);
    this.#judgements.restore(judgements);
  }

  #learnTarget(key: number): void {
    this.#habit.put(key, true);
  }

  #isKnown({ key }: Target): boolean {
    return this.#habit.has(fingerprint(key)) || this.#judgements.accepts(newTargetCause(key));
  }

  #match(target: Target, atUs: number): Match | undefined {
    const { hours, needed, habitDays } = this.#config;
    if (hours !== undefined && !isWithin(hours, atUs))
      return {
        rule: 'outside_hours',
        target,
        why: `that is allowed from ${hours.from} to ${hours.to} h UTC on the days configured`,
      };
    if (this.#decisions >= needed && !this.#isKnown(target))
      return { rule: 'new_target', target, why: `it has not done that before (${this.#habit.size} sensitive targets are its habit)` };
    if (this.#hours.days >= habitDays && !this.#hours.includes(atUs))
      return { rule: 'unusual_hour', target, why: `on ${this.#hours.days} days it never did so in this hour or one beside it` };
    return undefined;
  }
}

const newTargetCause = (key: string): string => `new_target|${fingerprint(key)}`;

/** One test per configuration, not per agent. */
const tests = new WeakMap<SensitiveConfig, (destination: string) => boolean>();

function testOf(config: SensitiveConfig): (destination: string) => boolean {
  const test = tests.get(config) ?? markedBy(config.marked);
  tests.set(config, test);
  return test;
}

function isWithin({ from, to, days }: NonNullable<SensitiveConfig['hours']>, atUs: number): boolean {
  const day = (((Math.floor(atUs / DAY_US) + 4) % 7) + 7) % 7;
  const hour = hourOf(atUs);
  return days.includes(day) && (from <= to ? hour >= from && hour < to : hour >= from || hour < to);
}

function findingOf(event: DecisionEvent, { rule, target, why }: Match, atUs: number, habit: number): Finding {
  const tool = shortName(event.call?.name ?? 'unknown');
  const did = event.call?.effect === 'read' ? 'read' : 'wrote';
  return {
    rule,
    subject: { kind: 'decision', id: event.id },
    cause: rule === 'new_target' ? newTargetCause(target.key) : rule,
    score: event.call?.effect === 'destructive' ? 0.9 : 0.7,
    severity: 'warning',
    explanation: `Agent ${event.agent.id} ${did} ${shortName(target.what)} with ${tool} at ${clockTime(atUs)}: ${why}.`,
    decisionIds: [event.id],
    facts: {
      target: target.what.slice(0, 512),
      tool: (event.call?.name ?? '').slice(0, 256),
      effect: event.call?.effect ?? '',
      habit_targets: habit,
    },
    scope: event.sessionId === undefined ? 'run' : 'session',
  };
}

/** `sensitive`, as the registry knows it. */
export const sensitiveDetector: DetectorType = defineDetector({
  id: 'sensitive',
  version: 1,
  stability: 'beta',
  probe: false,
  configSchema: sensitiveConfigSchema,
  create: (config: SensitiveConfig) => new Sensitive(config),
});
