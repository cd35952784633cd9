import { type ConversationStep, type DecisionEvent, type DetectorMode, isAgentId } from '@belay/protocol';
import type { HandingSessions } from './handing-sessions.ts';

const AGENT = 'agent:';

/**
 * What a decision is to the tree of agents it belongs to; undefined for agents that work alone. A session is part of a tree when another one is
 * its root, or once it has handed work over. Remembers the latter in `handing`. A root whose name cannot be a key of the log has no tree.
 */
export function stepOf(event: DecisionEvent, handing: HandingSessions, modeNow: () => DetectorMode): ConversationStep | undefined {
  const { rootSessionId, sessionId, kind } = event;
  if (rootSessionId === undefined || (kind !== 'tool' && kind !== 'model' && kind !== 'agent' && kind !== 'proposal')) return undefined;
  const peer = peerOf(event);
  if (!isAgentId(rootSessionId)) return undefined;
  const isRoot = rootSessionId === sessionId;
  if (isRoot && peer === undefined && !handing.has(rootSessionId)) return undefined;
  if (isRoot && peer !== undefined) handing.add(rootSessionId);
  const { agent, call } = event;
  return {
    v: 1,
    id: event.id,
    tenant: event.tenant,
    rootSessionId,
    agentId: agent.id,
    kind,
    mode: modeNow(),
    costNanoUsd: kind === 'proposal' ? 0 : Math.max(0, event.costNanoUsd ?? event.estimatedCostNanoUsd ?? 0),
    startUs: event.startUs,
    endUs: event.startUs + event.durationUs,
    receivedUs: event.receivedUs,
    ...given({
      sessionId,
      agentName: agent.name,
      agentVersion: agent.version,
      environment: event.environment,
      runId: event.runId,
      seq: event.seq,
      peer,
      digest: call?.digest,
      sketch: call?.sketch,
      status: event.outcome?.status,
    }),
  };
}

/** Who is given work or a message by this decision. */
function peerOf({ kind, call, agent }: DecisionEvent): string | undefined {
  if (kind === 'model' || call === undefined) return undefined;
  const named = call.destinations.find((destination) => destination.startsWith(AGENT))?.slice(AGENT.length);
  const peer = named ?? (kind === 'agent' ? call.name : undefined);
  return peer === undefined || peer === agent.id ? undefined : peer.slice(0, 256);
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
