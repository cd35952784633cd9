import { type Clock, type Random, systemClock, systemRandom } from '@belay/protocol';
import { type AgentOptions, agentConfig } from '../config.ts';
import type { ControlTimes } from '../control/control-times.ts';
import type { CallOptions } from '../guard/action.ts';
import { createAction } from '../guard/action.ts';
import type { ActionDefinition } from '../guard/action-definition.ts';
import { guard, refuse } from '../guard/guard.ts';
import { InvalidActionError } from '../guard/refusals.ts';
import type { SpanSender } from '../span/otlp-sender.ts';
import type { Agent, Guarded } from './agent.ts';
import { createRun, type Run } from './create-run.ts';
import { handoverToAction } from './handover.ts';
import { modelToAction } from './model.ts';
import { requireSupportedNode } from './supported-node.ts';
import { type ToolDefinition, toolToAction } from './tool.ts';

/** What code injects, tests above all; people never need it. */
export interface AgentDeps {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Takes finished spans in place of the collector over HTTP. */
  readonly sender?: SpanSender;
  /** In place of the defaults of {@link ControlTimes}. */
  readonly controlTimes?: Partial<ControlTimes>;
  /** In place of `process.versions.node`. */
  readonly nodeVersion?: string;
}

/**
 * Makes the guarded agent of this process. Starts its link to control and its exporter at once; neither keeps the process alive.
 * @throws BelayError `bad_configuration` that lists every problem of the options, or names the Node that is needed. Nothing else of ours throws, but typed refusals.
 */
export function createAgent(options: AgentOptions, deps: AgentDeps = {}): Agent {
  requireSupportedNode(deps.nodeVersion ?? process.versions.node);
  const config = agentConfig(options);
  const run = createRun(config, { ...deps, clock: deps.clock ?? systemClock, random: deps.random ?? systemRandom });
  const tools = new Map<string, Guarded<unknown, unknown>>();
  const guarded = <Input, Result>(definition: ActionDefinition): Guarded<Input, Result> => {
    return (input, callOptions: CallOptions = {}) =>
      guard(run.runtime, createAction(definition, input, callOptions, run.scopes.current())) as Promise<Result>;
  };
  return {
    id: config.id,
    runId: run.runtime.runId,
    get state() {
      return run.runtime.gate.state;
    },
    get holds() {
      return run.runtime.gate.holds;
    },
    get isProtected() {
      return run.unprotected() === undefined;
    },
    get unprotectedReason() {
      return run.unprotected();
    },
    get droppedSpans() {
      return run.droppedSpans();
    },
    get stops() {
      return run.stops.recent();
    },
    onControl: (listener) => run.stops.subscribe(listener),
    tool: <Input, Parsed, Result>(definition: ToolDefinition<Input, Parsed, Result>) => {
      const tool = guarded<Input, Awaited<Result>>(toolToAction(definition, config.toolTimeoutMs));
      if (definition.effect === undefined) {
        run.runtime.warnOnce(
          'effect',
          `Tool ${definition.name} declares no effect and counts as a write; declare read, write or destructive.`,
        );
      }
      tools.set(definition.name, tool as Guarded<unknown, unknown>);
      return tool;
    },
    model: (definition) => guarded(modelToAction(definition, config.content, config.toolTimeoutMs)),
    handover: (definition) => {
      const rootSession = (): string | undefined => run.scopes.current().session?.rootId;
      return guarded(handoverToAction(definition, { rootSession, defaultTimeoutMs: config.toolTimeoutMs }));
    },
    call: (name, input, callOptions = {}) => {
      const tool = tools.get(name);
      return tool === undefined ? refuseUnknown(run, name, { input, known: [...tools.keys()], callOptions }) : tool(input, callOptions);
    },
    session: (sessionOptions, work) => run.scopes.session(sessionOptions, work),
    task: (taskOptions, work) => run.scopes.task(taskOptions, work),
    flush: () => run.flush(),
    shutdown: () => run.shutdown(),
  };
}

interface UnknownCall {
  readonly input: unknown;
  readonly known: readonly string[];
  readonly callOptions: CallOptions;
}

/** A tool that the model made up is refused, and the attempt is on record. */
async function refuseUnknown(run: Run, name: string, { input, known, callOptions }: UnknownCall): Promise<never> {
  const definition = toolToAction({ name: String(name).slice(0, 256) || '(no name)', run: () => undefined }, 1);
  const action = createAction(definition, input, callOptions, run.scopes.current());
  throw refuse(
    run.runtime,
    action,
    new InvalidActionError({
      action: definition.name,
      rule: 'unknown_tool',
      why: 'there is no such tool.',
      next: known.length === 0 ? 'No tools are available.' : `Use one of: ${known.slice(0, 50).join(', ')}.`,
    }),
  );
}
