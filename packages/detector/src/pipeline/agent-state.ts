import type { DecisionEvent, DetectorMode, Json } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import { HandingSessions } from '../conversation/handing-sessions.ts';
import type { Detector, DetectorDeps, DetectorType, FleetPrior } from '../detectors/detector.ts';
import { RecentMap } from '../detectors/recent-map.ts';
import { detectorRegistry } from '../detectors/registry.ts';
import { CoolDown } from '../respond/cool-down.ts';
import { AcceptedCauses } from './accepted-causes.ts';
import { EventClock } from './event-clock.ts';
import { type AgentIdentity, identityOf } from './occasion.ts';
import { RunSequences } from './run-sequences.ts';
import { SeenIds } from './seen-ids.ts';

/** One detector at work on one agent. */
export interface Watch {
  readonly type: DetectorType;
  readonly detector: Detector;
}

/** A mode that an operator set, and when: the later of agent and tenant wins. */
export interface ModeOverride {
  readonly mode: DetectorMode;
  readonly atUs: number;
}

/** Detectors for which an operator may have set a mode; there are fewer. */
const MODES_MAX = 64;

/** Everything the pipeline knows about one agent. */
export interface AgentState {
  /** One of each type of the registry, in its order: pairs of the two would be eleven objects more. */
  readonly detectors: readonly Detector[];
  readonly seen: SeenIds;
  readonly runs: RunSequences;
  readonly clock: EventClock;
  readonly coolDown: CoolDown;
  readonly modes: RecentMap<string, ModeOverride>;
  readonly accepted: AcceptedCauses;
  /** Sessions that handed work to other agents. */
  readonly handing: HandingSessions;
  /** When a hold of the agent was lifted last, platform's clock, µs. */
  releasedUs: number | undefined;
  /** As the newest decision had it; undefined before the first. */
  identity: AgentIdentity | undefined;
  /** Event time of the newest measures, µs. */
  scoredUs: number;
}

/** How detectors reach the priors of their partition. */
export type PriorLookup = (detector: string, tenant: string, agentName: string | undefined) => FleetPrior;

export function createAgentState(config: DetectorConfig, priorOf: PriorLookup): AgentState {
  return {
    detectors: detectorRegistry.map((type) => type.create(config.detectors[type.id], depsOf(priorOf, type.id))),
    seen: new SeenIds(config.seenIds),
    runs: new RunSequences(),
    clock: new EventClock(config.skewToleranceSeconds * 1e6),
    coolDown: new CoolDown(config.coolDownSeconds * 1e6),
    modes: new RecentMap(MODES_MAX),
    accepted: new AcceptedCauses(),
    handing: new HandingSessions(),
    releasedUs: undefined,
    identity: undefined,
    scoredUs: Number.MIN_SAFE_INTEGER,
  };
}

/** The detectors of an agent with their types. */
export const watchesOf = ({ detectors }: Pick<AgentState, 'detectors'>): readonly Watch[] =>
  detectorRegistry.flatMap((type, at): readonly Watch[] => {
    const detector = detectors[at];
    return detector === undefined ? [] : [{ type, detector }];
  });

/** One object for each detector of a partition, not of an agent. */
const depsByLookup = new WeakMap<PriorLookup, Map<string, DetectorDeps>>();

function depsOf(priorOf: PriorLookup, detector: string): DetectorDeps {
  const made = depsByLookup.get(priorOf) ?? new Map<string, DetectorDeps>();
  depsByLookup.set(priorOf, made);
  const deps = made.get(detector) ?? { priorOf: (tenant, agentName) => priorOf(detector, tenant, agentName) };
  made.set(detector, deps);
  return deps;
}

/** Remembers who the agent says it is. */
export function identify(agent: AgentState, event: DecisionEvent): void {
  const known = agent.identity;
  const { name, version } = event.agent;
  if (known?.agentName === name && known?.agentVersion === version && known?.environment === event.environment && known !== undefined)
    return;
  agent.identity = identityOf(event);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The agent's state as bytes for a checkpoint. */
export function packAgentState(agent: AgentState): Uint8Array {
  const { next, marks } = agent.seen.snapshot();
  const state: Json = {
    v: 1,
    atUs: agent.clock.atUs,
    next,
    marks,
    runs: agent.runs.snapshot(),
    causes: agent.coolDown.snapshot(),
    modes: agent.modes.entries().map(([detector, { mode, atUs }]) => [detector, mode, atUs]),
    accepted: agent.accepted.snapshot(),
    handing: agent.handing.snapshot(),
    ...(agent.releasedUs === undefined ? {} : { releasedUs: agent.releasedUs }),
    ...(agent.identity === undefined ? {} : { identity: { ...agent.identity } as Json }),
    scoredUs: agent.scoredUs,
    detectors: watchesOf(agent).map(({ type, detector }) => [type.id, type.version, detector.snapshot()]),
  };
  return encoder.encode(JSON.stringify(state));
}

interface PackedAgent {
  readonly v: number;
  readonly atUs: number;
  readonly next: number;
  readonly marks: string;
  readonly runs: Json;
  readonly causes: Json;
  readonly modes: readonly [string, DetectorMode, number][];
  readonly accepted?: Json;
  readonly handing?: Json;
  readonly releasedUs?: number;
  readonly identity?: AgentIdentity;
  readonly scoredUs?: number;
  readonly detectors: readonly [string, number, Json][];
}

/**
 * The inverse of {@link packAgentState}. A detector whose version has changed since starts afresh.
 * @returns `problem` when the bytes are no such state: the agent then starts afresh as a whole.
 */
export function unpackAgentState(
  bytes: Uint8Array,
  config: DetectorConfig,
  priorOf: PriorLookup,
): { readonly agent: AgentState; readonly problem?: string } {
  const agent = createAgentState(config, priorOf);
  try {
    const packed = JSON.parse(decoder.decode(bytes)) as PackedAgent;
    agent.clock.restore(packed.atUs);
    agent.seen.restore(packed);
    agent.runs.restore(packed.runs);
    agent.coolDown.restore(packed.causes);
    agent.accepted.restore(packed.accepted);
    agent.handing.restore(packed.handing);
    agent.releasedUs = packed.releasedUs;
    agent.identity = packed.identity;
    agent.scoredUs = packed.scoredUs ?? agent.scoredUs;
    for (const [detector, mode, atUs] of packed.modes) agent.modes.put(detector, { mode, atUs });
    for (const [id, version, state] of packed.detectors) {
      const at = detectorRegistry.findIndex((type) => type.id === id && type.version === version);
      agent.detectors[at]?.restore(state);
    }
    return { agent };
  } catch (cause) {
    return { agent: createAgentState(config, priorOf), problem: cause instanceof Error ? cause.message : String(cause) };
  }
}
