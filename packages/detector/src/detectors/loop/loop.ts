import { type DecisionEvent, type InputRecord, type Json, matchesPattern } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import { type Detector, type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { AllowedCalls } from './allowed-calls.ts';
import { type LoopConfig, loopConfigSchema } from './loop-config.ts';
import { causeOf, loopFinding } from './loop-finding.ts';
import type { Match, Rule } from './rule.ts';
import { ruleTable } from './rule-table.ts';
import { beginTurn, createSessionTrack, NEVER, type SessionTrack, trackAction, trackCondensation, trackMessage } from './session-track.ts';
import { type Step, stepOf } from './step.ts';
import { bridgeGap } from './streak.ts';
import { stateToTrack, trackToState } from './track-state.ts';

interface Verdict {
  readonly decisionId: string;
  readonly rule: Rule;
  readonly match: Match;
  readonly track: SessionTrack;
}

const NOTHING: readonly Finding[] = [];
const EMPTY_MESSAGE = 2;
const RANK = { info: 0, warning: 1, critical: 2 } as const;

type RulesByKind = Readonly<Record<Rule['on'], readonly Rule[]>>;

/** Rules that are on: once per configuration, not per agent. */
const rulesByConfig = new WeakMap<LoopConfig, RulesByKind>();

function rulesOf(config: LoopConfig): RulesByKind {
  const known = rulesByConfig.get(config);
  if (known !== undefined) return known;
  const on = ruleTable.filter((rule) => !config.off.includes(rule.id));
  const rules = {
    action: on.filter((r) => r.on === 'action'),
    message: on.filter((r) => r.on === 'message'),
    condensation: on.filter((r) => r.on === 'condensation'),
  };
  rulesByConfig.set(config, rules);
  return rules;
}

/** Repetition without progress within a session, and the absolute cap on one repeated call (docs/detectors/loop.md). */
class Loop implements Detector {
  readonly #config: LoopConfig;
  readonly #rules: RulesByKind;
  /** Least recently used first. */
  #sessions = new Map<string, SessionTrack>();
  readonly #allowed = new AllowedCalls();
  #verdict: Verdict | undefined;

  constructor(config: LoopConfig) {
    this.#config = config;
    this.#rules = rulesOf(config);
  }

  observe(event: DecisionEvent, atUs: number): void {
    this.#verdict = undefined;
    const session = event.sessionId ?? event.runId ?? '';
    if (event.kind === 'session_end' || event.kind === 'run_end') this.#sessions.delete(session);
    const kind = this.#kindOf(event);
    if (kind === undefined) return;
    const track = this.#trackOf(session, atUs - event.durationUs);
    track.lastUs = atUs;
    track.spent += Math.max(0, event.costNanoUsd ?? event.estimatedCostNanoUsd ?? 0);
    if (event.turn !== undefined && event.turn > track.turn) beginTurn(track, event.turn);
    if (!this.#count(track, event, { kind, atUs })) return;
    this.#judge(track, event, kind);
  }

  score(event: DecisionEvent): readonly Finding[] {
    const verdict = this.#verdict;
    if (verdict === undefined || verdict.decisionId !== event.id) return NOTHING;
    return [loopFinding(event, verdict)];
  }

  learn(): void {
    // Nothing to learn: what a loop is does not depend on the agent.
  }

  /**
   * A lifted hold marks every pattern that said loop: should it go on, that is critical. Nobody was idle while they were held.
   * Whoever calls a finding expected or false allows its calls to repeat.
   */
  absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'feedback') this.#allowed.take(record);
    if (record.record !== 'hold' || record.change !== 'released') return NOTHING;
    for (const track of this.#sessions.values()) {
      track.liftedAt = track.loopedAt;
      track.lastUs = NEVER;
      for (const streak of Object.values(track.streaks)) bridgeGap(streak);
    }
    return NOTHING;
  }

  learning(): { learned: number; needed: number } {
    return { learned: 0, needed: 0 };
  }

  snapshot(): Json {
    return [this.#allowed.snapshot(), ...[...this.#sessions].map(([id, track]): Json => [id, trackToState(track)])];
  }

  restore(state: Json): void {
    const [allowed, ...rows] = Array.isArray(state) ? state : [];
    this.#allowed.restore(allowed);
    this.#sessions = new Map(
      rows.map((row: Json) => (Array.isArray(row) ? [String(row[0]), stateToTrack(row[1])] : ['', stateToTrack(undefined)])),
    );
    this.#verdict = undefined;
  }

  #kindOf(event: DecisionEvent): Rule['on'] | undefined {
    if (event.kind === 'tool' || event.kind === 'agent') return 'action';
    if (event.kind !== 'model') return undefined;
    const model = event.model?.request ?? event.model?.response;
    const condenses =
      event.contextCondensed ?? (model !== undefined && this.#config.condenserModels.some((pattern) => matchesPattern(pattern, model)));
    return condenses ? 'condensation' : 'message';
  }

  /** A session that said nothing for `idleSeconds` before `startUs` is over: what comes is a new one of the same name. */
  #trackOf(session: string, startUs: number): SessionTrack {
    const known = this.#sessions.get(session);
    const isIdle = known !== undefined && known.lastUs !== NEVER && startUs - known.lastUs >= this.#config.idleSeconds * 1e6;
    const track = known === undefined || isIdle ? createSessionTrack() : known;
    this.#sessions.delete(session);
    this.#sessions.set(session, track);
    if (this.#sessions.size > this.#config.sessionsPerAgent) {
      const oldest = this.#sessions.keys().next().value;
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    return track;
  }

  #count(track: SessionTrack, event: DecisionEvent, { kind, atUs }: { kind: Rule['on']; atUs: number }): boolean {
    if (kind === 'action') {
      const step = stepOf(event, atUs, { pollTools: this.#config.pollTools, allowed: this.#allowed });
      if (step === undefined) return false;
      trackAction(track, step, this.#config);
      return true;
    }
    const step = messageStep(event, atUs);
    if (kind === 'condensation') trackCondensation(track, step);
    else trackMessage(track, step, messageKey(event));
    return true;
  }

  /** The worst of the rules that hold; of equals, the first of the table. */
  #judge(track: SessionTrack, event: DecisionEvent, kind: Rule['on']): void {
    let worst: { rule: Rule; match: Match } | undefined;
    for (const rule of this.#rules[kind]) {
      if (rule.streak !== undefined && track.streaks[rule.streak].last !== track.number) continue;
      const match = rule.match(track, this.#config);
      if (match !== undefined && (worst === undefined || RANK[match.severity] > RANK[worst.match.severity])) worst = { rule, match };
    }
    if (worst === undefined) return;
    const { rule, match } = worst;
    const goesOn = track.liftedAt >= match.since && match.severity === 'warning';
    if (match.severity !== 'info') track.loopedAt = track.number;
    this.#allowed.found(causeOf(event, match, track), { calls: match.calls ?? [], tool: match.tool ?? 0 });
    this.#verdict = { decisionId: event.id, rule, match: goesOn ? { ...match, severity: 'critical' } : match, track };
  }
}

const messageStep = (event: DecisionEvent, atUs: number): Step => ({
  id: event.id,
  call: 0,
  tool: 0,
  toolName: '',
  result: 0,
  failed: false,
  transient: false,
  empty: false,
  blank: false,
  wait: false,
  poll: false,
  allowed: false,
  toolAllowed: false,
  error: 0,
  startUs: event.startUs,
  endUs: event.startUs + event.durationUs,
  atUs,
});

/** What the model said; 0 = not known. */
function messageKey({ outcome }: DecisionEvent): number {
  if (outcome === undefined) return 0;
  if (outcome.empty === true) return EMPTY_MESSAGE;
  return outcome.resultDigest === undefined ? 0 : fingerprint(outcome.resultDigest);
}

/** `loop`, as the registry knows it. */
export const loopDetector: DetectorType = defineDetector({
  id: 'loop',
  version: 2,
  stability: 'stable',
  probe: false,
  configSchema: loopConfigSchema,
  create: (config: LoopConfig) => new Loop(config),
});
