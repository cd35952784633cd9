import { type ConversationStep, type DecisionEvent, type DetectorMode, isAgentId } from '@belay/protocol';
import type { HandingSessions } from './handing-sessions.ts';

const AGENT = 'agent:';
const KINDS: ReadonlySet<DecisionEvent['kind']> = new Set(['tool', 'model', 'agent', 'proposal', 'session_end']);

/** What the pipeline of agents knows and the judge of trees cannot: it travels in the step. */
interface Stamps {
  readonly override: DetectorMode | undefined;
  readonly accepted: readonly string[];
  readonly releasedUs: number | undefined;
}

interface Context {
  /** Sessions of the agent that have handed work over; a new one is remembered. */
  readonly handing: HandingSessions;
  /** Asked only for decisions that become steps. */
  readonly stamps: () => Stamps;
  /** How far an agent's clock may be ahead of the collector's, µs. */
  readonly toleranceUs: number;
}

/**
 * What a decision is to the tree of agents it belongs to; undefined for agents that work alone. A session is part of a tree when another one is
 * its root, or once it has handed work over. A root whose name cannot be a key of the log has no tree.
 */
export function stepOf(event: DecisionEvent, { handing, stamps, toleranceUs }: Context): ConversationStep | undefined {
  const { rootSessionId, sessionId, kind } = event;
  if (rootSessionId === undefined || !KINDS.has(kind)) return undefined;
  const peer = peerOf(event);
  const isRoot = rootSessionId === sessionId;
  if (isRoot && peer === undefined && !handing.has(rootSessionId)) return undefined;
  if (!isAgentId(rootSessionId)) return undefined;
  if (isRoot && peer !== undefined) handing.add(rootSessionId);
  const { agent, call } = event;
  const isSpend = kind !== 'proposal' && kind !== 'session_end';
  const { override, accepted, releasedUs } = stamps();
  return {
    v: 1,
    id: event.id,
    tenant: event.tenant,
    rootSessionId,
    agentId: agent.id,
    kind,
    costNanoUsd: isSpend ? Math.max(0, event.costNanoUsd ?? event.estimatedCostNanoUsd ?? 0) : 0,
    ...timesOf(event, toleranceUs),
    ...given({
      sessionId,
      agentName: agent.name,
      agentVersion: agent.version,
      environment: event.environment,
      runId: event.runId,
      seq: event.seq,
      peer,
      digest: call?.poll === true ? undefined : call?.digest,
      sketch: call?.poll === true ? undefined : call?.sketch,
      status: event.outcome?.status,
      override,
      accepted: accepted.length === 0 ? undefined : [...accepted],
      releasedUs,
    }),
  };
}

/** An agent that claims to be ahead of the collector is taken at the collector's time, as by `EventClock`. */
function timesOf({ startUs, durationUs, receivedUs }: DecisionEvent, toleranceUs: number) {
  const endUs = startUs + durationUs > receivedUs + toleranceUs ? receivedUs : startUs + durationUs;
  return { startUs: Math.min(startUs, endUs), endUs, receivedUs };
}

/** Who is given work or a message by this decision. What was refused or called off has reached nobody: our own veto is not a hand-over. */
function peerOf({ kind, call, agent, outcome }: DecisionEvent): string | undefined {
  if (kind === 'model' || kind === 'session_end' || call === undefined) return undefined;
  if (outcome?.status === 'blocked' || outcome?.status === 'cancelled') return undefined;
  const named = call.destinations.find((destination) => destination.startsWith(AGENT))?.slice(AGENT.length);
  const peer = (named ?? (kind === 'agent' ? call.name : '')).slice(0, 256);
  return peer === '' || peer === agent.id ? undefined : peer;
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
