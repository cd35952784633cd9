import { ATTR, destinationsInText, isEmptyResult, resultDigest, textDigest } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { AgentConfig } from '../config.ts';
import { capturedJson } from './content.ts';

/** A result as it was when the action ended. */
export interface ResultSnapshot {
  /** The text of a textual result, else its JSON. */
  readonly text: string;
  readonly isText: boolean;
}

/** Of a longer result only the beginning is searched for destinations. */
const MENTIONS_WINDOW = 65_536;
const MAX_MENTIONS = 32;
/** Of a longer result the digest is of its text: the canonical form would cost more than the call. */
const CANONICAL_MAX_CHARS = 1_000_000;

/** Undefined when the result has no JSON form. */
export function snapshotResult(result: unknown): ResultSnapshot | undefined {
  if (typeof result === 'string') return { text: result, isText: true };
  try {
    const text = JSON.stringify(result ?? null);
    return text === undefined ? undefined : { text, isText: false };
  } catch {
    return undefined;
  }
}

/** Digest, size, emptiness, mentions and (by content mode) the text of a result. */
export function resultAttributes(kind: 'tool' | 'model' | 'agent', { text, isText }: ResultSnapshot, config: AgentConfig): Attributes {
  const { volatileKeys, content } = config;
  const value: unknown = isText ? text : JSON.parse(text);
  const options = volatileKeys === undefined ? {} : { volatileKeys };
  const attributes: Attributes = {
    [ATTR.outcomeResultDigest]: text.length > CANONICAL_MAX_CHARS ? textDigest(text) : resultDigest(value, options),
    [ATTR.outcomeResultBytes]: Buffer.byteLength(text),
    [ATTR.outcomeEmpty]: isEmptyResult(value),
  };
  if (kind === 'model') return attributes;
  const mentions = destinationsInText(text.slice(0, MENTIONS_WINDOW), MAX_MENTIONS);
  if (mentions.length > 0) attributes[ATTR.outcomeMentions] = mentions;
  if (content !== 'off') attributes[ATTR.toolCallResult] = capturedJson(content, value, text);
  return attributes;
}
