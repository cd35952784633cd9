import type { LogMessage } from '@belay/bus';
import {
  type Anomaly,
  agentKey,
  type ConversationStep,
  type DecisionEvent,
  type InputRecord,
  parseAgentKey,
  type Score,
} from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import { CONVERSATION_DETECTOR } from '../conversation/conversation-detector.ts';
import { stepOf } from '../conversation/step-of.ts';
import { detectorRegistry } from '../detectors/registry.ts';
import { BlastRadius } from '../respond/blast-radius.ts';
import {
  type AgentState,
  createAgentState,
  identify,
  type PriorLookup,
  packAgentState,
  unpackAgentState,
  watchesOf,
} from './agent-state.ts';
import { answerFinding, isAccepted, modeOfFinding } from './answer-finding.ts';
import { countNothing, type PipelineCounts } from './counts.ts';
import { FleetPriors } from './fleet-priors.ts';
import { type Found, judgeBy } from './judge-by.ts';
import { type Cut, KeyedState } from './keyed-state.ts';
import { LabelledModes } from './labelled-modes.ts';
import { LastAgentKey } from './last-agent-key.ts';
import { modeByOperator } from './mode-of.ts';
import { identityOf, type Occasion, occasionOf } from './occasion.ts';
import type { PartitionJudge } from './partition-judge.ts';
import { type Processed, processMessage } from './process-message.ts';
import { scoresOf } from './scores-of.ts';
import { packTenants, type Tenant, unpackTenants } from './tenants.ts';

/** Snapshot key of what concerns the whole partition; agent keys always hold a slash. */
const PARTITION_KEY = '#partition';
/** … and of one fleet prior. */
const PRIOR_KEY = '#prior ';
/** Accepted causes that travel in a step. */
const ACCEPTED_MAX = 16;
const NOTHING: readonly Anomaly[] = [];
const NO_SCORES: readonly Score[] = [];
const NO_STEPS: readonly ConversationStep[] = [];

type AgentRecord = Extract<InputRecord, { record: 'hold' | 'ack' | 'heartbeat' | 'feedback' }>;

/**
 * From records to anomalies, for the agents of one partition. Pure but for the time it is given: the same records in the same order give the
 * same anomalies, `detectedUs` and what depends on it (staleness) apart. Not safe for use by two at once.
 */
export class Pipeline implements PartitionJudge {
  readonly #config: DetectorConfig;
  readonly #agents: KeyedState<AgentState>;
  #tenants = new Map<string, Tenant>();
  readonly #priors = new FleetPriors();
  #scores: Score[] = [];
  #steps: ConversationStep[] = [];
  readonly counts: PipelineCounts = countNothing();
  #partitionChanged = false;
  readonly #agentKey = new LastAgentKey();

  constructor(config: DetectorConfig) {
    this.#config = config;
    this.#agents = new KeyedState(
      {
        create: (key) => {
          this.#countAgent(key);
          return createAgentState(config, this.#priorOf);
        },
        pack: packAgentState,
        unpack: (_key, bytes) => this.#unpack(bytes),
      },
      { hot: config.hotAgents, packed: config.packedAgents },
    );
  }

  get agents(): { readonly hot: number; readonly packed: number } {
    return { hot: this.#agents.hotSize, packed: this.#agents.packedSize };
  }

  /** One line of the log. `nowUs` is the platform's clock. */
  push(record: DecisionEvent | InputRecord, nowUs: number): readonly Anomaly[] {
    return 'record' in record ? this.#absorb(record, nowUs) : this.#judge(record, nowUs);
  }

  process(message: LogMessage, nowUs: number): Processed {
    return processMessage(message, this, nowUs);
  }

  /** Steps of conversations between agents since the last call. */
  takeSteps(): readonly ConversationStep[] {
    if (this.#steps.length === 0) return NO_STEPS;
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** What was measured since the last call. */
  takeScores(): readonly Score[] {
    if (this.#scores.length === 0) return NO_SCORES;
    const scores = this.#scores;
    this.#scores = [];
    return scores;
  }

  /** Learning state and detectors of one live agent; undefined when it is not live here. */
  learningOf(key: string): readonly { detector: string; learned: number; needed: number }[] | undefined {
    const agent = this.#agents.peek(key);
    return agent && watchesOf(agent).map(({ type, detector }) => ({ detector: type.id, ...detector.learning() }));
  }

  hotKeys(): IterableIterator<string> {
    return this.#agents.hotKeys();
  }

  /** State to store for what changed since the last cut, as it is now; records may be pushed while it is packed and stored. */
  cut(): Cut {
    const agents = this.#agents.cut();
    const tenants = this.#partitionChanged ? [{ key: PARTITION_KEY, value: packTenants(this.#tenants) }] : [];
    const priors = this.#priors.takeChanged();
    this.#partitionChanged = false;
    return {
      pack: (most) => agents.pack(most),
      changes: () => [...agents.changes(), ...tenants, ...priors.map(({ key, value }) => ({ key: PRIOR_KEY + key, value }))],
      revert: () => {
        agents.revert();
        this.#priors.revert(priors.map(({ key }) => key));
        if (tenants.length > 0) this.#partitionChanged = true;
      },
    };
  }

  /** Takes the state of a checkpoint; agents are unpacked when they are next seen. What is damaged is counted (`corrupt`) and starts afresh. */
  restore(snapshots: ReadonlyMap<string, Uint8Array>): void {
    for (const [key, bytes] of snapshots) {
      if (key === PARTITION_KEY) this.#restoreTenants(bytes);
      else if (key.startsWith(PRIOR_KEY)) this.#restorePrior(key.slice(PRIOR_KEY.length), bytes);
      else this.#agents.load(key, bytes);
    }
  }

  #judge(event: DecisionEvent, nowUs: number): readonly Anomaly[] {
    this.counts.decisions++;
    const agent = this.#agents.use(this.#agentKey.of(event));
    if (!agent.seen.add(event.id) || agent.runs.isRepeat(event)) {
      this.counts.duplicates++;
      return NOTHING;
    }
    const { atUs, isSkewed } = agent.clock.advance(event.startUs + event.durationUs, event.receivedUs);
    if (isSkewed) this.counts.skewed++;
    identify(agent, event);
    const found = judgeBy(agent, event, atUs);
    if (found.length === 0) for (const detector of agent.detectors) detector.learn(event, atUs);
    else this.#learnBeside(event, atUs, agent, found);
    if (atUs - agent.scoredUs >= this.#config.scoreSeconds * 1e6) this.#measure(agent, atUs);
    if (event.rootSessionId !== undefined) this.#join(event, agent);
    return found.length === 0 ? NOTHING : this.#answer(agent, found, { on: occasionOf(event), atUs, nowUs });
  }

  /** Nobody learns what an acting detector flagged, unless a person accepts it, and no detector what it flagged itself: one in shadow changes no other. */
  #learnBeside(event: DecisionEvent, atUs: number, agent: AgentState, found: readonly Found[]): void {
    const flagged = found.filter(({ finding }) => finding.severity !== 'info');
    const on = occasionOf(event);
    const context = { agent, tenant: this.#tenantOf(event.tenant), config: this.#config };
    const isActedOn = ({ watch: { type }, finding }: Found) =>
      modeOfFinding(on, type, finding, context) !== 'shadow' && !isAccepted(on, type, finding, context);
    if (flagged.some(isActedOn)) return;
    for (const detector of agent.detectors) if (!flagged.some(({ watch }) => watch.detector === detector)) detector.learn(event, atUs);
  }

  #answer(
    agent: AgentState,
    found: readonly Found[],
    { on, atUs, nowUs }: { on: Occasion; atUs: number; nowUs: number },
  ): readonly Anomaly[] {
    const tenant = this.#tenantOf(on.tenant);
    return found.flatMap(({ watch: { type }, finding }) => {
      this.counts.findings++;
      const anomaly = answerFinding(on, { agent, tenant, type, finding, config: this.#config, atUs, nowUs });
      if (anomaly === undefined) this.counts.repeats++;
      if (anomaly?.response === 'pause' || anomaly?.response === 'kill') this.#partitionChanged = true;
      return anomaly ?? [];
    });
  }

  #join(event: DecisionEvent, agent: AgentState): void {
    const step = stepOf(event, {
      handing: agent.handing,
      toleranceUs: this.#config.skewToleranceSeconds * 1e6,
      stamps: () => ({
        override: modeByOperator(identityOf(event), CONVERSATION_DETECTOR.id, {
          agent: agent.modes,
          tenant: this.#tenantOf(event.tenant).modes,
        }),
        accepted: agent.accepted.of(CONVERSATION_DETECTOR.id, ACCEPTED_MAX),
        releasedUs: agent.releasedUs,
      }),
    });
    if (step !== undefined) this.#steps.push(step);
  }

  #measure(agent: AgentState, atUs: number): void {
    agent.scoredUs = atUs;
    if (agent.identity === undefined) return;
    for (const { type, detector } of watchesOf(agent)) this.#scores.push(...scoresOf(agent.identity, type.id, detector, atUs));
  }

  #absorb(record: InputRecord, nowUs: number): readonly Anomaly[] {
    this.counts.records++;
    switch (record.record) {
      case 'prior':
        this.#priors.take(record);
        return NOTHING;
      case 'mode':
        this.#setMode(record);
        this.#partitionChanged = true;
        return NOTHING;
      default:
        return this.#absorbForAgent(record, nowUs);
    }
  }

  #setMode({ tenant, agentId, detector, mode, atUs, ...label }: Extract<InputRecord, { record: 'mode' }>): void {
    const own = agentId === undefined ? undefined : this.#agents.use(agentKey(tenant, agentId)).modes;
    if (own === undefined) this.#tenantOf(tenant).modes.set({ detector, ...label }, mode, atUs);
    else if (mode === 'default') own.delete(detector);
    else own.put(detector, { mode, atUs });
  }

  #absorbForAgent(record: AgentRecord, nowUs: number): readonly Anomaly[] {
    const agent = this.#agents.use(agentKey(record.tenant, record.agentId));
    if (record.record === 'hold' && record.change === 'released') {
      agent.coolDown.rearm();
      agent.releasedUs = record.atUs;
    }
    if (record.record === 'feedback') agent.accepted.take(record);
    const watches = watchesOf(agent).filter(({ type }) => record.record !== 'feedback' || type.id === record.detector);
    const found = watches.flatMap((watch) => watch.detector.absorb(record).map((finding) => ({ watch, finding })));
    if (found.length === 0) return NOTHING;
    const who = agent.identity ?? { tenant: record.tenant, agentId: record.agentId };
    const atUs = Math.max(agent.clock.atUs, record.atUs);
    return this.#answer(agent, found, { on: { ...who, triggerUs: record.atUs, receivedUs: record.atUs }, atUs, nowUs });
  }

  #tenantOf(name: string): Tenant {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      tenant = { agents: 0, modes: new LabelledModes(), blastRadius: new BlastRadius(this.#config.breakerWindowSeconds * 1e6) };
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }

  /** The blast radius is a share of the agents that may be held by it: a probe is not one. */
  #countAgent(key: string): void {
    const parts = parseAgentKey(key);
    if (parts !== undefined && detectorRegistry.some((type) => type.isProbeAgent?.(parts.agentId, this.#config.detectors[type.id]))) return;
    this.#tenantOf(parts?.tenant ?? '').agents++;
    this.#partitionChanged = true;
  }

  #restoreTenants(bytes: Uint8Array): void {
    try {
      this.#tenants = unpackTenants(bytes, this.#config);
    } catch {
      this.#tenants = new Map();
      this.#partitionChanged = true;
      this.counts.corrupt++;
    }
  }

  /** One that cannot be read comes again with its next version. */
  #restorePrior(key: string, bytes: Uint8Array): void {
    try {
      this.#priors.load(key, bytes);
    } catch {
      this.counts.corrupt++;
    }
  }

  #unpack(bytes: Uint8Array): AgentState {
    const { agent, problem } = unpackAgentState(bytes, this.#config, this.#priorOf);
    if (problem !== undefined) this.counts.corrupt++;
    return agent;
  }

  readonly #priorOf: PriorLookup = (detector, tenant, agentName) => this.#priors.of(tenant, detector, agentName);
}
