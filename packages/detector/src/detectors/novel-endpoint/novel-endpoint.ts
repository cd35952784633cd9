import { BelayError, type DecisionEvent, type InputRecord, type Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import {
  type Detector,
  type DetectorDeps,
  type DetectorType,
  defineDetector,
  type Finding,
  type FleetPrior,
  type Measure,
} from '../detector.ts';
import { Lineage } from '../lineage.ts';
import { forbiddenDestination, forbiddenFinding } from './allow-list.ts';
import { type Assessment, assess } from './assess.ts';
import { destinationKeys } from './destination-traits.ts';
import { Habits } from './habits.ts';
import { hasFailed } from './has-failed.ts';
import { type NovelEndpointConfig, novelEndpointConfigSchema } from './novel-endpoint-config.ts';
import { novelFinding } from './novel-finding.ts';
import { NEWS_MIN } from './points.ts';
import { isAcceptedStory, Quarantine, type Story } from './quarantine.ts';
import { addMade, addOrigin, type SessionMemory } from './session-memory.ts';
import { Sessions } from './sessions.ts';
import type { Trait, TraitKind } from './trait.ts';
import { priorKey, traitsOf } from './traits-of.ts';

const NOTHING: readonly Finding[] = [];
/** Calls until a new version of the agent is judged like the one before. */
const SETTLE = 50;
/** Above this share of calls that go somewhere new the agent is still being learned. */
const UNSEEN_MAX = 0.2;

/** What an allow list speaks for. */
const DESTINATION_KINDS: ReadonlySet<TraitKind> = new Set(['party', 'host', 'url', 'place', 'pair', 'address', 'other']);

/** The decision at hand: what `score` says of it and what `learn` may take from it. */
interface Verdict {
  readonly decisionId: string;
  readonly finding: Finding | undefined;
  /** Empty where nothing may be learned. */
  readonly lessons: readonly Trait[];
}

/** Destinations, tools and values that an agent has not used before, where that is suspicious (docs/detectors/novel_endpoint.md). */
class NovelEndpoint implements Detector {
  readonly #config: NovelEndpointConfig;
  readonly #priorOf: DetectorDeps['priorOf'];
  readonly #habits = new Habits();
  readonly #quarantine = new Quarantine();
  readonly #lineage = new Lineage(SETTLE);
  readonly #sessions: Sessions;
  #calls = 0;
  #verdict: Verdict | undefined;

  constructor(config: NovelEndpointConfig, { priorOf }: DetectorDeps) {
    this.#config = config;
    this.#priorOf = priorOf;
    this.#sessions = new Sessions({ most: config.sessionsPerAgent, idleUs: config.idleSeconds * 1e6 });
  }

  observe(event: DecisionEvent, atUs: number): void {
    this.#verdict = undefined;
    this.#lineage.observe(event);
    const name = event.sessionId ?? event.runId ?? '';
    if (event.kind === 'session_end' || event.kind === 'run_end') this.#sessions.end(name);
    if ((event.kind !== 'tool' && event.kind !== 'agent') || event.call === undefined) return;
    const session = this.#sessions.of(name, atUs);
    const traits = traitsOf(event);
    if (session.calls === 0) this.#habits.countSession();
    this.#verdict = this.#judge(event, { session, traits, atUs });
    this.#remember(event, session, traits);
  }

  score(event: DecisionEvent): readonly Finding[] {
    const finding = this.#verdict?.decisionId === event.id ? this.#verdict.finding : undefined;
    return finding === undefined ? NOTHING : [finding];
  }

  learn(event: DecisionEvent): void {
    const verdict = this.#verdict;
    if (verdict?.decisionId !== event.id) return;
    this.#habits.learn(verdict.lessons.filter(({ key }) => this.#quarantine.storyOf(key) === undefined));
    this.#verdict = undefined;
  }

  absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'feedback' && record.cause !== undefined)
      this.#quarantine.judge(record.cause.slice(0, record.cause.indexOf('|')), record);
    return NOTHING;
  }

  measures(): readonly Measure[] {
    const { learned, needed } = this.learning();
    return [
      { metric: 'unseen_share', value: this.#habits.unseen, threshold: UNSEEN_MAX, samples: this.#calls, learning: learned < needed },
    ];
  }

  learning(): { learned: number; needed: number } {
    const needed = Math.max(1, this.#config.warmUpDecisions);
    const isUnsettled = this.#calls < needed || this.#habits.unseen >= UNSEEN_MAX;
    return { learned: isUnsettled ? Math.min(this.#calls, needed - 1) : needed, needed };
  }

  snapshot(): Json {
    return {
      habits: this.#habits.snapshot(),
      quarantine: this.#quarantine.snapshot(),
      lineage: this.#lineage.snapshot(),
      sessions: this.#sessions.snapshot(),
      calls: this.#calls,
    };
  }

  restore(state: Json): void {
    if (typeof state !== 'object' || state === null || Array.isArray(state) || !('habits' in state))
      throw new BelayError('corrupt', 'A snapshot of the detector novel_endpoint is not one; its state starts afresh.');
    const { habits = null, quarantine = null, lineage = null, sessions = null, calls } = state;
    this.#habits.restore(habits);
    this.#quarantine.restore(quarantine);
    this.#lineage.restore(lineage);
    this.#sessions.restore(sessions);
    this.#calls = Number(calls);
    this.#verdict = undefined;
  }

  #judge(event: DecisionEvent, { session, traits, atUs }: { session: SessionMemory; traits: readonly Trait[]; atUs: number }): Verdict {
    const prior = this.#config.fleetPrior ? this.#priorOf(event.tenant, event.agent.name) : undefined;
    const assessment = this.#assess(event, { session, traits, prior });
    this.#count(session, traits, assessment);
    const finding = this.#forbidden(event, atUs) ?? this.#suspicious(event, { assessment, prior, atUs });
    const lessons = finding !== undefined || hasFailed(event) ? [] : traits;
    if (lessons.length === 0)
      for (const { trait } of assessment?.news ?? []) if (!session.used.has(trait.key)) this.#habits.addToTask(session.made, trait.key);
    if (assessment !== undefined && assessment.base > NEWS_MIN) session.newsCalls++;
    return { decisionId: event.id, finding, lessons };
  }

  #suspicious(
    event: DecisionEvent,
    { assessment, prior, atUs }: { assessment: Assessment | undefined; prior: FleetPrior | undefined; atUs: number },
  ): Finding | undefined {
    const { warmUpDecisions, warmUpAlone, warmUpHeld, quarantineAt } = this.#config;
    const hasFleet = prior !== undefined && prior.version > 0;
    const silent = hasFleet ? Math.min(warmUpHeld, warmUpDecisions) : Math.max(warmUpAlone, warmUpDecisions);
    if (assessment === undefined || this.#calls < silent || assessment.points < quarantineAt) return undefined;
    return this.#suspect(event, assessment, { prior, atUs });
  }

  #assess(
    event: DecisionEvent,
    { session, traits, prior }: { session: SessionMemory; traits: readonly Trait[]; prior: FleetPrior | undefined },
  ): Assessment | undefined {
    const hasFleet = prior !== undefined && prior.version > 0;
    const judged = this.#config.allow.length === 0 ? traits : traits.filter(({ kind }) => !DESTINATION_KINDS.has(kind));
    return assess(judged, this.#habits, {
      effect: event.call?.effect ?? 'write',
      hasFailed: hasFailed(event),
      isNewTransition: !this.#habits.hasMove(session.tool, traits[0]?.key ?? 0),
      session,
      isNew: (key) => this.#isNew(key, prior),
      isKnownStory: (key) => this.#quarantine.storyOf(key)?.isAlarm === true,
      taskShare: hasFleet ? this.#config.taskShare : this.#config.taskShareAlone,
      taskHabit: hasFleet ? this.#config.taskHabit : this.#config.taskHabitAlone,
      taskFactor: this.#config.taskFactor,
      sessionFactor: this.#config.sessionFactor,
    });
  }

  #isNew(key: number, prior: FleetPrior | undefined): boolean {
    if (this.#habits.knows(key)) return false;
    const story = this.#quarantine.storyOf(key);
    if (story !== undefined && story.verdict !== undefined) return !isAcceptedStory(story);
    return prior === undefined || prior.version === 0 || !prior.has(priorKey(key));
  }

  #suspect(event: DecisionEvent, assessment: Assessment, { prior, atUs }: { prior: FleetPrior | undefined; atUs: number }): Finding {
    const known = assessment.news.map(({ trait }) => this.#quarantine.storyOf(trait.key)).find((story) => story !== undefined);
    const story = known ?? this.#open(priorKey(assessment.news[0]?.trait.key ?? 0), event, atUs);
    this.#quarantine.hold(
      story.id,
      assessment.news.map(({ trait }) => trait.key),
    );
    const hasFleet = prior !== undefined && prior.version > 0;
    const alarmAt = (hasFleet ? this.#config.alarmAt : this.#config.alarmAtAlone) * this.#lineage.width(this.#config.newVersionFactor);
    const isAlarm = assessment.points >= alarmAt && this.#calls >= this.#config.warmUpDecisions;
    const finding = novelFinding(event, {
      ...assessment,
      story,
      isRepeat: known !== undefined,
      isAlarm,
      alarmAt,
      calls: this.#calls,
      sessions: this.#sessions.count,
      hasFleet,
    });
    if (assessment.points >= alarmAt) story.isAlarm = true;
    this.#quarantine.count(
      story,
      { session: this.#sessions.count, atUs },
      { sessions: this.#config.releaseSessions, days: this.#config.releaseDays },
    );
    return finding;
  }

  #forbidden(event: DecisionEvent, atUs: number): Finding | undefined {
    const destination = forbiddenDestination(event, this.#config.allow);
    if (destination === undefined) return undefined;
    const [key = 0] = destinationKeys(destination);
    const known = this.#quarantine.storyOf(key);
    if (known !== undefined && isAcceptedStory(known)) return undefined;
    const story = known ?? this.#open(priorKey(key), event, atUs);
    this.#quarantine.hold(story.id, [key]);
    return forbiddenFinding(event, { destination, story });
  }

  #open(id: string, event: DecisionEvent, atUs: number): Story {
    return this.#quarantine.open({ id, firstDecisionId: event.id, firstUs: atUs });
  }

  /** What was new is counted whether it is learned or not: an agent that is new somewhere all day is known as one. */
  #count(session: SessionMemory, traits: readonly Trait[], assessment: Assessment | undefined): void {
    const news = assessment?.news ?? [];
    let isSomewhereNew = false;
    for (const trait of traits) {
      const isNew = news.length > 0 && news.some((one) => one.trait === trait);
      if (isNew && trait.habit === 0) isSomewhereNew = true;
      if (trait.habit !== 0 && !session.used.has(trait.key))
        this.#habits.count(trait.habit, isNew && this.#quarantine.storyOf(trait.key) === undefined);
    }
    this.#habits.countCall(isSomewhereNew);
  }

  #remember(event: DecisionEvent, session: SessionMemory, traits: readonly Trait[]): void {
    for (const { key, value } of traits) {
      session.used.add(key);
      if (value !== 0) session.used.add(value);
    }
    for (const mention of event.outcome?.mentions ?? [])
      for (const key of destinationKeys(mention)) if (!this.#habits.knows(key)) addOrigin(session, key, event.id);
    const call = callKey(event, traits);
    if (addMade(session, call)) this.#habits.countMade(call);
    const tool = traits[0]?.key ?? 0;
    if (event.call?.effect !== 'read') this.#habits.addMove(session.tool, tool);
    session.tool = tool;
    session.effect = hasFailed(event) ? undefined : event.call?.effect;
    session.calls++;
    this.#calls++;
  }
}

/** A call with its arguments, else its tool. */
const callKey = ({ call }: DecisionEvent, traits: readonly Trait[]): number =>
  call?.digest === undefined ? (traits[0]?.key ?? 0) : fingerprint(call.digest);

/** `novel_endpoint`, as the registry knows it. */
export const novelEndpointDetector: DetectorType = defineDetector({
  id: 'novel_endpoint',
  version: 2,
  stability: 'beta',
  probe: false,
  configSchema: novelEndpointConfigSchema,
  create: (config: NovelEndpointConfig, deps) => new NovelEndpoint(config, deps),
});
