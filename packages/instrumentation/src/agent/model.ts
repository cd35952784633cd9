import { ATTR, BelayError, type Json, preview, redact } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { ContentMode } from '../config.ts';
import type { ActionDefinition, RunContext } from '../guard/action-definition.ts';
import { safely } from '../guard/safely.ts';
import { CONTENT_MAX_BYTES } from '../span/content.ts';

/** Tokens of one model call; `inputTokens` includes cached ones. */
export interface ModelUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheCreationTokens?: number;
  readonly reasoningTokens?: number;
}

/** A model client behind the guard. `name` and `run` suffice. */
export interface ModelDefinition<Input, Result> {
  /** The model asked for, e.g. `gpt-5`. */
  readonly name: string;
  /** Who serves it, e.g. `openai`. */
  readonly provider?: string;
  readonly usage?: (result: Awaited<Result>) => ModelUsage | undefined;
  /** The model that answered, where it differs. */
  readonly responseModel?: (result: Awaited<Result>) => string | undefined;
  /** What the model said: text or messages; captured by the content mode. Default: not captured. */
  readonly output?: (result: Awaited<Result>) => unknown;
  /** Price before the call, nano-USD. */
  readonly cost?: (input: Input) => number;
  /** Price once usage is known, nano-USD. */
  readonly actualCost?: (input: Input, result: Awaited<Result>) => number | undefined;
  /** True when this call summarised or trimmed the context. */
  readonly condensed?: (result: Awaited<Result>) => boolean;
  /** Default: `toolTimeoutMs` of the agent. */
  readonly timeoutMs?: number;
  readonly run: (input: Input, context: RunContext) => Result;
}

/** The guard's form of a model. A model call is a read: it changes nothing but the bill. */
export function modelToAction<Input, Result>(
  model: ModelDefinition<Input, Result>,
  content: ContentMode,
  defaultTimeoutMs: number,
): ActionDefinition {
  if (typeof model.name !== 'string' || model.name === '' || typeof model.run !== 'function') {
    throw new BelayError('bad_configuration', 'agent.model needs a name and a run function.');
  }
  return {
    kind: 'model',
    name: model.name,
    effectOf: () => 'read',
    tier: undefined,
    reversible: undefined,
    sensitivity: undefined,
    maxImpactOf: undefined,
    confidence: undefined,
    schema: undefined,
    extraKeys: 'ignore',
    destination: undefined,
    cost: model.cost as ActionDefinition['cost'],
    actualCost: model.actualCost as ActionDefinition['actualCost'],
    expect: undefined,
    summary: undefined,
    affected: undefined,
    timeoutMs: model.timeoutMs ?? defaultTimeoutMs,
    poll: false,
    allowWhilePaused: false,
    attributes: { [ATTR.requestModel]: model.name, ...(model.provider === undefined ? {} : { [ATTR.providerName]: model.provider }) },
    resultAttributes: (result) => modelAttributes(model, result as Awaited<Result>, content),
    run: model.run as ActionDefinition['run'],
  };
}

const USAGE: readonly (readonly [keyof ModelUsage, string])[] = [
  ['inputTokens', ATTR.inputTokens],
  ['outputTokens', ATTR.outputTokens],
  ['cacheReadTokens', ATTR.cacheReadTokens],
  ['cacheCreationTokens', ATTR.cacheCreationTokens],
  ['reasoningTokens', ATTR.reasoningTokens],
];

function modelAttributes<Input, Result>(model: ModelDefinition<Input, Result>, result: Awaited<Result>, content: ContentMode): Attributes {
  const attributes: Attributes = {};
  const usage = safely(() => model.usage?.(result), undefined);
  for (const [key, attribute] of USAGE) {
    const tokens = usage?.[key];
    if (Number.isSafeInteger(tokens)) attributes[attribute] = tokens;
  }
  const responseModel = safely(() => model.responseModel?.(result), undefined);
  if (typeof responseModel === 'string') attributes[ATTR.responseModel] = responseModel.slice(0, 256);
  if (safely(() => model.condensed?.(result), undefined) === true) attributes[ATTR.contextCondensed] = true;
  const output = content === 'off' ? undefined : safely(() => outputMessages(model.output?.(result), content), undefined);
  if (output !== undefined) attributes[ATTR.outputMessages] = output;
  return attributes;
}

/** As the GenAI conventions have it: a list of messages with parts. */
function outputMessages(output: unknown, content: ContentMode): string | undefined {
  if (output === undefined) return undefined;
  const messages = typeof output === 'string' ? [{ role: 'assistant', parts: [{ type: 'text', content: output }] }] : output;
  const plain = JSON.parse(JSON.stringify(messages)) as Json;
  return preview(JSON.stringify(content === 'redacted' ? redact(plain) : plain), CONTENT_MAX_BYTES);
}
