import { BelayError, type Effect } from '@belay/protocol';
import { context, propagation } from '@opentelemetry/api';
import type { ActionDefinition, RunContext } from '../guard/action-definition.ts';

/** Handing work to another agent. */
export interface HandoverDefinition<Input, Result> {
  /** Id of the agent that gets the work. */
  readonly agent: string;
  /** Undeclared = `write`: the other agent may do anything it may. */
  readonly effect?: Effect;
  /** True when asking again and again with the same message is its purpose (a status): no loop between agents. Default false. */
  readonly poll?: boolean;
  /** Default: `toolTimeoutMs` of the agent. */
  readonly timeoutMs?: number;
  readonly run: (input: Input, context: RunContext) => Result;
}

/** W3C baggage entry that carries the session at the root of a tree of agents. */
export const ROOT_SESSION_BAGGAGE = 'belay.session.root';

/** The guard's form of a hand-over; the root session travels in W3C baggage, where the host has a propagator. */
export function handoverToAction<Input, Result>(
  handover: HandoverDefinition<Input, Result>,
  { rootSession, defaultTimeoutMs }: { readonly rootSession: () => string | undefined; readonly defaultTimeoutMs: number },
): ActionDefinition {
  if (typeof handover.agent !== 'string' || handover.agent === '' || typeof handover.run !== 'function') {
    throw new BelayError('bad_configuration', 'agent.handover needs the id of an agent and a run function.');
  }
  const { effect = 'write' } = handover;
  const run = handover.run as ActionDefinition['run'];
  return {
    kind: 'agent',
    name: handover.agent,
    effectOf: () => effect,
    tier: undefined,
    reversible: undefined,
    sensitivity: undefined,
    maxImpactOf: undefined,
    confidence: undefined,
    schema: undefined,
    extraKeys: 'ignore',
    destination: () => [`agent:${handover.agent}`],
    cost: undefined,
    actualCost: undefined,
    expect: undefined,
    summary: undefined,
    affected: undefined,
    timeoutMs: handover.timeoutMs ?? defaultTimeoutMs,
    poll: handover.poll ?? false,
    allowWhilePaused: false,
    attributes: { 'gen_ai.tool.name': handover.agent },
    resultAttributes: undefined,
    run: (input, runContext) => withRootSession(rootSession(), () => run(input, runContext)),
  };
}

function withRootSession<T>(rootId: string | undefined, work: () => T): T {
  if (rootId === undefined) return work();
  const baggage = propagation.getActiveBaggage() ?? propagation.createBaggage();
  return context.with(propagation.setBaggage(context.active(), baggage.setEntry(ROOT_SESSION_BAGGAGE, { value: rootId })), work);
}
