import type { Effect } from '@belay/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { CallFacts } from '../span/call-facts.ts';
import type { Action } from './action.ts';
import { extraKey } from './extra-key.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { type ActionRefusal, InvalidActionError } from './refusals.ts';
import { safely } from './safely.ts';

/** Step 2: the tool's schema decides what is a call; extra keys are refused; the canonical form and the digest are taken here. */
export function parseStep(runtime: GuardRuntime, action: Action): ActionRefusal | undefined | Promise<ActionRefusal | undefined> {
  const { schema } = action.definition;
  if (schema === undefined) return accept(runtime, action, action.rawInput);
  try {
    const result = schema['~standard'].validate(action.rawInput);
    if (!(result instanceof Promise)) return judge(runtime, action, result);
    return result.then(
      (settled) => judge(runtime, action, settled),
      (error: unknown) => refuse(runtime, action, schemaFailure(error)),
    );
  } catch (error) {
    return refuse(runtime, action, schemaFailure(error));
  }
}

function judge(runtime: GuardRuntime, action: Action, result: StandardSchemaV1.Result<unknown>): ActionRefusal | undefined {
  if (result.issues !== undefined) return refuse(runtime, action, issuesToText(result.issues));
  const extra = action.definition.extraKeys === 'refuse' ? extraKey(action.rawInput, result.value) : undefined;
  if (extra !== undefined) return refuse(runtime, action, `"${extra.slice(0, 100)}" is not among its arguments.`);
  return accept(runtime, action, result.value);
}

function accept(runtime: GuardRuntime, action: Action, input: unknown): undefined {
  const { definition } = action;
  action.input = input;
  action.effect = effectOf(runtime, action);
  takeFacts(action, input);
  const { cost, maxImpactOf } = definition;
  if (cost !== undefined) action.estimateNanoUsd = safely(() => cost(input), undefined);
  if (maxImpactOf !== undefined) action.impact = safely(() => maxImpactOf(input), undefined);
  if (action.facts?.canonical === undefined) {
    runtime.warnOnce(`no-json:${definition.name}`, `The arguments of ${definition.name} have no JSON form; its decisions carry no digest.`);
  }
  return undefined;
}

function refuse(runtime: GuardRuntime, action: Action, why: string): ActionRefusal {
  action.effect = effectOf(runtime, action);
  takeFacts(action, action.rawInput);
  return new InvalidActionError({
    action: action.definition.name,
    rule: 'schema',
    why: `the arguments are not valid: ${why}`,
    next: 'Correct the arguments and call it again; do not repeat the same call.',
  });
}

function takeFacts(action: Action, args: unknown): void {
  const { destination, name } = action.definition;
  const declared = destination === undefined ? undefined : safely(() => destination(args), undefined);
  action.facts = new CallFacts(name, args, declared);
  action.attempt = action.scope.ledger.next(action.facts.key);
}

/** An effect function that fails says nothing: the action counts as the worst it could be. */
function effectOf(runtime: GuardRuntime, action: Action): Effect {
  const effect = safely(() => action.definition.effectOf(action.input), undefined);
  if (effect === 'read' || effect === 'write' || effect === 'destructive') return effect;
  runtime.warnOnce(
    `effect:${action.definition.name}`,
    `The effect of ${action.definition.name} could not be told; it counts as destructive.`,
  );
  return 'destructive';
}

function issuesToText(issues: readonly StandardSchemaV1.Issue[]): string {
  const shown = issues.slice(0, 5).map(({ message, path }) => `${pathToText(path)}${message.slice(0, 200)}`);
  return `${shown.join('; ')}${issues.length > 5 ? `; and ${issues.length - 5} more` : ''}.`;
}

function pathToText(path: StandardSchemaV1.Issue['path']): string {
  if (path === undefined || path.length === 0) return '';
  const parts = path.map((part) => String(typeof part === 'object' ? part.key : part).slice(0, 100));
  return `${parts.join('.')}: `;
}

const schemaFailure = (error: unknown): string => `its schema failed on them (${error instanceof Error ? error.name : 'unknown error'}).`;
