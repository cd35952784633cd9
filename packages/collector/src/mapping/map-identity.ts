import { type DecisionEvent, isAgentId, type Json } from '@belay/protocol';
import { SLOT } from '../otlp/attribute-slots.ts';
import type { SlotValues } from '../otlp/raw-span.ts';
import { readCount, readText } from './read-value.ts';

/** `no_agent_id` = the span and its resource name none; `bad_agent_id` = what they name can be no id. */
export type AgentIdentity = { readonly agent: DecisionEvent['agent'] } | { readonly reason: 'no_agent_id' | 'bad_agent_id' };

/** Long enough to tell a valid id (≤ 256 bytes) from a longer one, which is refused and not cut: a cut id could be another agent's. */
const ID_WINDOW = 300;

/**
 * Who decided: `gen_ai.agent.id`, else `gen_ai.agent.name`, else `service.name`, on the span or its resource. A hand-over written by
 * another library names the agent it hands over *to*; there the caller is the service.
 */
export function agentOf(values: SlotValues, resource: SlotValues, namesCallee: boolean): AgentIdentity {
  const own = namesCallee ? resource : values;
  const name = inherited(own, resource, SLOT.agentName);
  const id = readText(inherited(own, resource, SLOT.agentId) ?? name ?? inherited(own, resource, SLOT.serviceName), ID_WINDOW);
  if (id === undefined) return { reason: 'no_agent_id' };
  if (!isAgentId(id)) return { reason: 'bad_agent_id' };
  const agent: DecisionEvent['agent'] = { id };
  const nameText = readText(name, 256);
  if (nameText !== undefined) agent.name = nameText;
  const version = readText(inherited(own, resource, SLOT.agentVersion), 64);
  if (version !== undefined) agent.version = version;
  return { agent };
}

const inherited = (values: SlotValues, resource: SlotValues, slot: number): Json | undefined => values[slot] ?? resource[slot];

/** Adds where in the agent's life the decision stands: run, session, turn, task, plan. */
export function addWhereabouts(event: DecisionEvent, values: SlotValues, resource: SlotValues): void {
  const environment = readText(inherited(values, resource, SLOT.environment) ?? inherited(values, resource, SLOT.legacyEnvironment), 64);
  if (environment !== undefined) event.environment = environment;
  const runId = readText(inherited(values, resource, SLOT.runId), 64);
  if (runId !== undefined) event.runId = runId;
  const seq = readCount(values[SLOT.decisionSeq]);
  if (seq !== undefined) event.seq = seq;
  const sessionId = readText(values[SLOT.conversationId], 256);
  if (sessionId !== undefined) event.sessionId = sessionId;
  const rootSessionId = readText(values[SLOT.sessionRoot], 256);
  if (rootSessionId !== undefined) event.rootSessionId = rootSessionId;
  const turn = readCount(values[SLOT.sessionTurn]);
  if (turn !== undefined) event.turn = turn;
  const taskId = readText(values[SLOT.taskId], 256);
  if (taskId !== undefined) event.taskId = taskId;
  const taskName = readText(values[SLOT.taskName] ?? values[SLOT.workflowName], 256);
  if (taskName !== undefined) event.taskName = taskName;
  addPlan(event, values);
}

function addPlan(event: DecisionEvent, values: SlotValues): void {
  const id = readText(values[SLOT.planId], 256);
  if (id === undefined) return;
  const plan: NonNullable<DecisionEvent['plan']> = { id };
  const step = readCount(values[SLOT.planStep]);
  if (step !== undefined) plan.step = step;
  const steps = readCount(values[SLOT.planSteps]);
  if (steps !== undefined) plan.steps = steps;
  event.plan = plan;
}
