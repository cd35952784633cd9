import type { Json } from '@belay/protocol';
import type { Content } from './content.ts';
import { isObject, parseJson } from './read-value.ts';

/**
 * What a model said, out of `gen_ai.output.messages` (a list of messages with parts, as JSON text or structured; plain text as it is).
 * Ids of messages and tool calls change each time and are left out, so that equal answers have equal digests. Undefined when unknown.
 */
export function readModelOutput(value: Json | undefined): Content | undefined {
  if (value === undefined || value === null) return undefined;
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  const messages = Array.isArray(parsed) ? (parsed as readonly Json[]) : undefined;
  const text = messages === undefined ? (typeof value === 'string' ? value : JSON.stringify(value)) : messages.map(messageText).join('\n');
  return { value: text, text };
}

function messageText(message: Json): string {
  if (typeof message === 'string') return message;
  if (!isObject(message)) return '';
  const { parts, content } = message;
  if (Array.isArray(parts))
    return (parts as readonly Json[])
      .map(partText)
      .filter((text) => text !== '')
      .join('\n');
  return typeof content === 'string' ? content : '';
}

function partText(part: Json): string {
  if (!isObject(part)) return typeof part === 'string' ? part : '';
  if (part.type === 'tool_call') return `[call ${JSON.stringify(part.name ?? null)} ${JSON.stringify(part.arguments ?? null)}]`;
  const content = part.content ?? part.text;
  return typeof content === 'string' ? content : '';
}
