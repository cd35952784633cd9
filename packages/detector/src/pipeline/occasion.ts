import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detectors/detector.ts';

/** Who an agent is, as it last said. */
export interface AgentIdentity {
  readonly tenant: string;
  readonly agentId: string;
  readonly agentName?: string | undefined;
  readonly agentVersion?: string | undefined;
  readonly environment?: string | undefined;
}

/** What a finding happened on: a decision, or a record about its agent. Times µs. */
export interface Occasion extends AgentIdentity {
  readonly runId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly decisionId?: string | undefined;
  /** Agent's clock. */
  readonly triggerUs: number;
  /** Platform's clock: when what led to the finding arrived. */
  readonly receivedUs: number;
}

export const identityOf = ({ tenant, agent, environment }: DecisionEvent): AgentIdentity => ({
  tenant,
  agentId: agent.id,
  agentName: agent.name,
  agentVersion: agent.version,
  environment,
});

export const occasionOf = (event: DecisionEvent): Occasion => ({
  ...identityOf(event),
  runId: event.runId,
  sessionId: event.sessionId,
  taskId: event.taskId,
  decisionId: event.id,
  // Two times that fit may have a sum that does not, and an anomaly that is no anomaly holds nobody.
  triggerUs: Math.min(Number.MAX_SAFE_INTEGER, event.startUs + event.durationUs),
  receivedUs: event.receivedUs,
});

/** The occasion as the finding narrows it: what it is about instead of the decision at hand. */
export const narrowed = (occasion: Occasion, { about }: Finding): Occasion =>
  about === undefined ? occasion : { ...occasion, taskId: undefined, sessionId: undefined, decisionId: undefined, ...about };
