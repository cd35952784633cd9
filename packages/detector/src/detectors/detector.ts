import type { Anomaly, DecisionEvent, InputRecord, Json, Severity } from '@belay/protocol';
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
  /** What time alone makes true. */
  advance(atUs: number): readonly Finding[];
  /** Takes an input record that concerns this agent (a hold placed or released). */
  absorb(record: InputRecord): void;
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
  create(config: unknown): Detector;
  /** Agents that exist only to be probed: not counted among those of the tenant. @param config what `configSchema` parsed. */
  isProbeAgent?(agentId: string, config: unknown): boolean;
}

/** A detector type with its configuration's type, before it joins the registry. */
export interface DetectorSpec<Config> extends Omit<DetectorType, 'configSchema' | 'create' | 'isProbeAgent'> {
  readonly configSchema: z.ZodType<Config>;
  create(config: Config): Detector;
  isProbeAgent?(agentId: string, config: Config): boolean;
}

/** Erases the configuration's type: the registry holds types of different configurations. The cast is sound because the config comes from `configSchema`. */
export function defineDetector<Config>(spec: DetectorSpec<Config>): DetectorType {
  return {
    ...spec,
    create: (config) => spec.create(config as Config),
    isProbeAgent: (agentId, config) => spec.isProbeAgent?.(agentId, config as Config) ?? false,
  };
}
