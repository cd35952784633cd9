import { BelayError, type Effect, type Sensitivity } from '@belay/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ActionDefinition, RunContext } from '../guard/action-definition.ts';
import type { MaxImpact } from '../policy/local-policy.ts';

/** What a tool's author says about it. `name` and `run` suffice; the rest has a safe default. */
export interface ToolDefinition<Input, Parsed = Input, Result = unknown> {
  /** As the model knows it; 1–256 characters. */
  readonly name: string;
  /** What it does to the world; a function of the input where one tool both reads and deletes. Undeclared = `write`. */
  readonly effect?: Effect | ((input: Parsed) => Effect);
  /** Consequence: 1 reversible, 2 needs care, 3 high stakes. */
  readonly tier?: 1 | 2 | 3;
  readonly reversible?: boolean;
  readonly sensitivity?: Sensitivity;
  /** The worst that one call can do. */
  readonly maxImpact?: MaxImpact | ((input: Parsed) => MaxImpact | undefined);
  /** How sure the agent is by default, 0–1. */
  readonly confidence?: number;
  /** Any Standard Schema (zod, valibot, arktype …). Without one, any input passes. */
  readonly input?: StandardSchemaV1<Input, Parsed>;
  /** Arguments that the schema dropped are refused, unless it renames on purpose. Default `refuse`. */
  readonly extraKeys?: 'refuse' | 'ignore';
  /** Where a call goes; wins over what is read out of the arguments. */
  readonly destination?: (input: Parsed) => readonly string[] | string | undefined;
  /** Price of a call before it is made, nano-USD: see `usd`. */
  readonly cost?: (input: Parsed) => number;
  /** Price of a call once its result is known, nano-USD. */
  readonly actualCost?: (input: Parsed, result: Awaited<Result>) => number | undefined;
  /** What is wrong with the result, in a sentence; undefined = as expected. */
  readonly expect?: (input: Parsed, result: Awaited<Result>) => string | undefined;
  /** The outcome in your words ("47 products updated"). */
  readonly summary?: (input: Parsed, result: Awaited<Result>) => string | undefined;
  /** Rows or objects touched. */
  readonly affected?: (input: Parsed, result: Awaited<Result>) => number | undefined;
  /** Default: `toolTimeoutMs` of the agent. */
  readonly timeoutMs?: number;
  /** Repeating the same call is its purpose (waiting for a job): exempt from the absolute cap on repetitions. */
  readonly poll?: boolean;
  /** A read that saves work may go on while the agent is paused. Only for `effect: 'read'`. */
  readonly allowWhilePaused?: boolean;
  readonly run: (input: Parsed, context: RunContext) => Result;
}

type Hook = ActionDefinition['destination'];

/** The guard's form of a tool. @throws BelayError `bad_configuration` with every problem of the definition. */
export function toolToAction<Input, Parsed, Result>(
  tool: ToolDefinition<Input, Parsed, Result>,
  defaultTimeoutMs: number,
): ActionDefinition {
  const problems = toolProblems(tool);
  if (problems.length > 0) throw new BelayError('bad_configuration', `Tool ${JSON.stringify(tool.name)}: ${problems.join('; ')}.`);
  const { effect = 'write', maxImpact } = tool;
  return {
    kind: 'tool',
    name: tool.name,
    effectOf: (typeof effect === 'function' ? effect : () => effect) as ActionDefinition['effectOf'],
    tier: tool.tier,
    reversible: tool.reversible,
    sensitivity: tool.sensitivity,
    maxImpactOf: (typeof maxImpact === 'object' ? () => maxImpact : maxImpact) as ActionDefinition['maxImpactOf'],
    confidence: tool.confidence,
    schema: tool.input,
    extraKeys: tool.extraKeys ?? 'refuse',
    destination: tool.destination as Hook,
    cost: tool.cost as ActionDefinition['cost'],
    actualCost: tool.actualCost as ActionDefinition['actualCost'],
    expect: tool.expect as ActionDefinition['expect'],
    summary: tool.summary as ActionDefinition['summary'],
    affected: tool.affected as ActionDefinition['affected'],
    timeoutMs: tool.timeoutMs ?? defaultTimeoutMs,
    poll: tool.poll ?? false,
    allowWhilePaused: tool.allowWhilePaused ?? false,
    attributes: { 'gen_ai.tool.name': tool.name, 'gen_ai.tool.type': 'function' },
    resultAttributes: undefined,
    run: tool.run as ActionDefinition['run'],
  };
}

/** What of a definition can be wrong, whatever its types. */
interface CheckedTool {
  readonly name: unknown;
  readonly run: unknown;
  readonly effect?: unknown;
  readonly tier?: number;
  readonly timeoutMs?: number;
  readonly confidence?: number;
  readonly allowWhilePaused?: boolean;
  readonly input?: { readonly '~standard'?: { readonly validate?: unknown } };
}

function toolProblems(tool: CheckedTool): string[] {
  const problems: string[] = [];
  if (typeof tool.name !== 'string' || tool.name.length === 0 || tool.name.length > 256) problems.push('name must be 1–256 characters');
  if (typeof tool.run !== 'function') problems.push('run must be a function');
  if (!['undefined', 'function'].includes(typeof tool.effect) && !['read', 'write', 'destructive'].includes(String(tool.effect))) {
    problems.push(`effect must be read, write, destructive or a function, got ${JSON.stringify(tool.effect)}`);
  }
  if (tool.tier !== undefined && ![1, 2, 3].includes(tool.tier)) problems.push('tier must be 1, 2 or 3');
  if (tool.timeoutMs !== undefined && !(Number.isInteger(tool.timeoutMs) && tool.timeoutMs > 0 && tool.timeoutMs < 2 ** 31)) {
    problems.push('timeoutMs must be a whole number of milliseconds');
  }
  if (tool.confidence !== undefined && !(tool.confidence >= 0 && tool.confidence <= 1)) problems.push('confidence must be 0–1');
  if (tool.allowWhilePaused === true && tool.effect !== 'read') problems.push("allowWhilePaused needs effect: 'read'");
  if (tool.input !== undefined && typeof tool.input['~standard']?.validate !== 'function') problems.push('input must be a Standard Schema');
  return problems;
}
