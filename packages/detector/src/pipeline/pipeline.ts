import { type Anomaly, agentKey, type DecisionEvent, type InputRecord, parseAgentKey } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import type { Finding } from '../detectors/detector.ts';
import { detectorRegistry } from '../detectors/registry.ts';
import { BlastRadius } from '../respond/blast-radius.ts';
import { isStronger } from '../respond/cool-down.ts';
import { respond } from '../respond/respond.ts';
import { type AgentState, createAgentState, packAgentState, unpackAgentState, type Watch } from './agent-state.ts';
import { countNothing, type PipelineCounts } from './counts.ts';
import { isAcceptedFinding, mayKillFinding } from './finding-rules.ts';
import { findingId, findingToAnomaly } from './finding-to-anomaly.ts';
import { type Cut, KeyedState } from './keyed-state.ts';
import { modeOf } from './mode-of.ts';
import { packTenants, type Tenant, unpackTenants } from './tenants.ts';

/** Snapshot key of what concerns the whole partition; agent keys always hold a slash. */
const PARTITION_KEY = '#partition';
const NOTHING: readonly Anomaly[] = [];

/**
 * From records to anomalies, for the agents of one partition. Pure but for the time it is given: the same records in the same order give the
 * same anomalies, `detectedUs` and what depends on it (staleness) apart. Not safe for use by two at once.
 */
export class Pipeline {
  readonly #config: DetectorConfig;
  readonly #agents: KeyedState<AgentState>;
  #tenants = new Map<string, Tenant>();
  readonly counts: PipelineCounts = countNothing();
  #tenantsChanged = false;

  constructor(config: DetectorConfig) {
    this.#config = config;
    this.#agents = new KeyedState(
      {
        create: (key) => {
          this.#countAgent(key);
          return createAgentState(config);
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
    if (!('record' in record)) return this.#judge(record, nowUs);
    this.#absorb(record);
    return NOTHING;
  }

  /** Learning state and detectors of one live agent; undefined when it is not live here. */
  learningOf(key: string): readonly { detector: string; learned: number; needed: number }[] | undefined {
    return this.#agents.peek(key)?.watches.map(({ type, detector }) => ({ detector: type.id, ...detector.learning() }));
  }

  hotKeys(): IterableIterator<string> {
    return this.#agents.hotKeys();
  }

  /** State to store for what changed since the last cut, as it is now; records may be pushed while it is packed and stored. */
  cut(): Cut {
    const agents = this.#agents.cut();
    const tenants = this.#tenantsChanged ? [{ key: PARTITION_KEY, value: packTenants(this.#tenants) }] : [];
    this.#tenantsChanged = false;
    return {
      pack: (most) => agents.pack(most),
      changes: () => [...agents.changes(), ...tenants],
      revert: () => {
        agents.revert();
        if (tenants.length > 0) this.#tenantsChanged = true;
      },
    };
  }

  /** Takes the state of a checkpoint; agents are unpacked when they are next seen. What is damaged is counted (`corrupt`) and starts afresh. */
  restore(snapshots: ReadonlyMap<string, Uint8Array>): void {
    for (const [key, bytes] of snapshots) {
      if (key === PARTITION_KEY) this.#restoreTenants(bytes);
      else this.#agents.load(key, bytes);
    }
  }

  #judge(event: DecisionEvent, nowUs: number): readonly Anomaly[] {
    this.counts.decisions++;
    const agent = this.#agents.use(agentKey(event.tenant, event.agent.id));
    if (!agent.seen.add(event.id) || agent.runs.isRepeat(event)) {
      this.counts.duplicates++;
      return NOTHING;
    }
    const { atUs, isSkewed } = agent.clock.advance(event.startUs + event.durationUs, event.receivedUs);
    if (isSkewed) this.counts.skewed++;
    const anomalies: Anomaly[] = [];
    let isFlagged = false;
    for (const watch of agent.watches) {
      const early = watch.detector.advance(atUs);
      watch.detector.observe(event, atUs);
      for (const finding of [early, watch.detector.score(event, atUs)].flat()) {
        if (finding.severity !== 'info') isFlagged = true;
        const anomaly = this.#answer(event, { agent, watch, finding, atUs, nowUs });
        if (anomaly !== undefined) anomalies.push(anomaly);
      }
    }
    if (!isFlagged) for (const { detector } of agent.watches) detector.learn(event, atUs);
    return anomalies;
  }

  #answer(
    event: DecisionEvent,
    { agent, watch: { type }, finding, atUs, nowUs }: { agent: AgentState; watch: Watch; finding: Finding; atUs: number; nowUs: number },
  ): Anomaly | undefined {
    this.counts.findings++;
    const id = findingId(event, type, finding);
    const causeKey = `${type.id}|${finding.cause}`;
    const admission = agent.coolDown.admit(causeKey, { id, severity: finding.severity, atUs });
    if (!admission.publish) {
      this.counts.repeats++;
      return undefined;
    }
    const tenant = this.#tenantOf(event.tenant);
    const mode = type.probe
      ? 'enforce'
      : modeOf(
          event,
          { detector: type.id, rule: finding.rule },
          { config: this.#config, overrides: { agent: agent.modes, tenant: tenant.modes } },
        );
    const facts = {
      nowUs,
      receivedUs: event.receivedUs,
      staleAfterUs: this.#config.staleAfterSeconds * 1e6,
      isCooling: false,
      isAccepted: isAcceptedFinding(event, { type, finding, config: this.#config }),
      mayKill: mayKillFinding(finding, type, this.#config),
      isProbe: type.probe,
      isBreakerOpen: tenant.blastRadius.isOpenFor(event.agent.id, tenant.agents, event.receivedUs),
    };
    const full = respond(finding, mode, facts);
    const responded =
      admission.isRepeat && !isStronger(full.response, admission.answered) ? respond(finding, mode, { ...facts, isCooling: true }) : full;
    agent.coolDown.answered(causeKey, responded.response);
    if (!type.probe && (responded.response === 'pause' || responded.response === 'kill')) {
      tenant.blastRadius.hold(event.agent.id, event.receivedUs);
      this.#tenantsChanged = true;
    }
    const group = admission.groupId === undefined ? {} : { groupId: admission.groupId };
    return findingToAnomaly(event, { type, finding, id, judgement: { ...responded, mode, detectedUs: nowUs, ...group } });
  }

  #absorb(record: InputRecord): void {
    this.counts.records++;
    switch (record.record) {
      case 'time':
        for (const [, agent] of this.#agents.hotEntries()) for (const { detector } of agent.watches) detector.advance(record.atUs);
        return;
      case 'mode':
        if (record.agentId === undefined)
          this.#tenantOf(record.tenant).modes.set(record.detector, { mode: record.mode, atUs: record.atUs });
        else this.#agents.use(agentKey(record.tenant, record.agentId)).modes.set(record.detector, { mode: record.mode, atUs: record.atUs });
        this.#tenantsChanged = true;
        return;
      case 'hold': {
        const agent = this.#agents.use(agentKey(record.tenant, record.agentId));
        if (record.change === 'released') agent.coolDown.rearm();
        for (const { detector } of agent.watches) detector.absorb(record);
      }
    }
  }

  #tenantOf(name: string): Tenant {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      tenant = { agents: 0, modes: new Map(), blastRadius: new BlastRadius(this.#config.breakerWindowSeconds * 1e6) };
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }

  /** The blast radius is a share of the agents that may be held by it: a probe is not one. */
  #countAgent(key: string): void {
    const parts = parseAgentKey(key);
    if (parts !== undefined && detectorRegistry.some((type) => type.isProbeAgent?.(parts.agentId, this.#config.detectors[type.id]))) return;
    this.#tenantOf(parts?.tenant ?? '').agents++;
    this.#tenantsChanged = true;
  }

  #restoreTenants(bytes: Uint8Array): void {
    try {
      this.#tenants = unpackTenants(bytes, this.#config);
    } catch {
      this.#tenants = new Map();
      this.#tenantsChanged = true;
      this.counts.corrupt++;
    }
  }

  #unpack(bytes: Uint8Array): AgentState {
    const { agent, problem } = unpackAgentState(bytes, this.#config);
    if (problem !== undefined) this.counts.corrupt++;
    return agent;
  }
}
