import type { Anomaly, DecisionEvent, InputRecord, Json, Score, Severity } from '@belay/protocol';
import type { z } from 'zod';

/** What a detector has to say about one decision; the pipeline turns it into an Anomaly. */
export interface Finding {
  readonly rule: string;
  /** What the finding is about; part of the anomaly's id. */
  readonly subject: Anomaly['subject'];
  /** Findings of one cause are one story: repeats cool down under the first. */
  readonly cause: string;
  /** 0–1, finite. */
  readonly score: number;
  readonly severity: Severity;
  /** One sentence an on-call person understands at 3 a.m. */
  readonly explanation: string;
  /** Newest last; at most 64. */
  readonly decisionIds: readonly string[];
  readonly facts: Readonly<Record<string, string | number>>;
  /** The smallest scope that stops what was found. */
  readonly scope: 'session' | 'run' | 'agent';
  /** Where it happened, when that is not the decision at hand: findings from records, and late ones. */
  readonly about?: { readonly runId?: string; readonly sessionId?: string; readonly decisionId?: string };
}

/** A reading of a detector for plots and people; the pipeline makes a Score of it (docs/contracts.md §2.6). */
export type Measure = Pick<Score, 'metric' | 'subject' | 'value' | 'reference' | 'statistic' | 'threshold' | 'samples' | 'learning'>;

/** What agents of one name use unflagged: read-only, shared by all agents of the partition. */
export interface FleetPrior {
  /** 0 = none has arrived yet. */
  readonly version: number;
  /** @param key 16 hex digits. */
  has(key: string): boolean;
}

/** What the pipeline lends to every detector. */
export interface DetectorDeps {
  /** The newest complete prior of a detector for agents of this name. */
  priorOf(tenant: string, agentName: string | undefined): FleetPrior;
}

/** How much of its warm-up a detector has behind it; `needed` 0 = it needs none. */
interface Learning {
  readonly learned: number;
  readonly needed: number;
}

/**
 * Watches one agent. Deterministic: the same records give the same findings. MUST NOT mutate its input, read a clock or use randomness.
 * `atUs` is event time in µs, monotone per agent (the pipeline clamps the agent's clock).
 */
export interface Detector {
  /** Short-term facts: streaks, windows. Called for every decision, once. */
  observe(event: DecisionEvent, atUs: number): void;
  /** What is wrong with the decision just observed. Reads, never changes: calling it again gives the same. */
  score(event: DecisionEvent, atUs: number): readonly Finding[];
  /** The baseline; the pipeline decides whether to call it (not for what was flagged). */
  learn(event: DecisionEvent, atUs: number): void;
  /**
   * Takes an input record that concerns this agent: a hold, an acknowledgement, a heartbeat, feedback on one of this detector's anomalies.
   * Heartbeats are the clock of what time alone makes true: at least one a minute while a run lives.
   */
  absorb(record: InputRecord): readonly Finding[];
  /** What this detector measures of the agent now, for plots. Reads, never changes. Called every `scoreSeconds` of event time. */
  measures?(): readonly Measure[];
  learning(): Learning;
  snapshot(): Json;
  /** @throws when the state is not one of its own snapshots; the pipeline then starts afresh and says so. */
  restore(state: Json): void;
}

/** One kind of detector: a row of the registry. */
export interface DetectorType {
  readonly id: string;
  /** Part of every anomaly id: a change of rules that changes findings raises it. */
  readonly version: number;
  /** Only `stable` types may kill. */
  readonly stability: 'experimental' | 'beta' | 'stable';
  /** A probe answers on purpose: always enforced, not counted in the blast radius, no cool-down. */
  readonly probe: boolean;
  readonly configSchema: z.ZodType;
  /** @param config what `configSchema` parsed. */
  create(config: unknown, deps: DetectorDeps): Detector;
  /** Agents that exist only to be probed: not counted among those of the tenant. @param config what `configSchema` parsed. */
  isProbeAgent?(agentId: string, config: unknown): boolean;
}

/** A detector type with its configuration's type, before it joins the registry. */
export interface DetectorSpec<Config> extends Omit<DetectorType, 'configSchema' | 'create' | 'isProbeAgent'> {
  readonly configSchema: z.ZodType<Config>;
  create(config: Config, deps: DetectorDeps): Detector;
  isProbeAgent?(agentId: string, config: Config): boolean;
}

/** Erases the configuration's type: the registry holds types of different configurations. The cast is sound because the config comes from `configSchema`. */
export function defineDetector<Config>(spec: DetectorSpec<Config>): DetectorType {
  return {
    ...spec,
    create: (config, deps) => spec.create(config as Config, deps),
    isProbeAgent: (agentId, config) => spec.isProbeAgent?.(agentId, config as Config) ?? false,
  };
}
