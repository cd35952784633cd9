import { ATTR, destinationsInText, isEmptyResult, resultDigest, textDigest } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { GuardRuntime } from '../guard/guard-runtime.ts';
import { capturedJson } from './content.ts';

/** Of a longer result only the beginning is searched for destinations. */
const MENTIONS_WINDOW = 65_536;
const MAX_MENTIONS = 32;
/** Of a longer result the digest is of its text: canonical form would cost more than the call. */
const CANONICAL_MAX_CHARS = 1_000_000;

/** Digest, size, emptiness, mentions and (by content mode) the text of a result. A result without a JSON form leaves no digest. */
export function resultAttributes(attributes: Attributes, runtime: GuardRuntime, kind: 'tool' | 'model' | 'agent', result: unknown): void {
  const text = textOf(result);
  if (text === undefined) return;
  const { volatileKeys, content } = runtime.config;
  const digest = text.length > CANONICAL_MAX_CHARS ? textDigest(text) : digestOf(result, text, volatileKeys);
  attributes[ATTR.outcomeResultDigest] = digest;
  attributes[ATTR.outcomeResultBytes] = Buffer.byteLength(text);
  attributes[ATTR.outcomeEmpty] = isEmptyResult(result ?? null);
  if (kind !== 'model') {
    const mentions = destinationsInText(text.slice(0, MENTIONS_WINDOW), MAX_MENTIONS);
    if (mentions.length > 0) attributes[ATTR.outcomeMentions] = mentions;
  }
  if (kind === 'model') return;
  const captured = capturedJson(content, result, text);
  if (captured !== undefined) attributes[ATTR.toolCallResult] = captured;
}

/** A text stays as it is, everything else is its JSON; undefined when it has none. */
function textOf(result: unknown): string | undefined {
  if (typeof result === 'string') return result;
  try {
    return JSON.stringify(result ?? null);
  } catch {
    return undefined;
  }
}

function digestOf(result: unknown, text: string, volatileKeys: readonly string[] | undefined): string {
  const options = volatileKeys === undefined ? {} : { volatileKeys };
  try {
    return resultDigest(result ?? null, options);
  } catch {
    return resultDigest(JSON.parse(text), options);
  }
}
