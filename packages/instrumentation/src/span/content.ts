import { type Json, preview, redact, redactText } from '@belay/protocol';
import type { ContentMode } from '../config.ts';

/** Longest captured content, bytes: an event with arguments and result stays under 32 kB. */
export const CONTENT_MAX_BYTES = 8000;
/** Longest intent or summary, bytes. */
const SENTENCE_MAX_BYTES = 1024;
const ERROR_MAX_BYTES = 500;

/** Arguments, a result or output as the content mode allows it; undefined = not captured. Credentials never pass in `redacted`. */
export function capturedJson(mode: ContentMode, value: unknown, text: string | undefined): string | undefined {
  if (mode === 'off' || text === undefined) return undefined;
  if (mode === 'full') return preview(text, CONTENT_MAX_BYTES);
  return preview(JSON.stringify(redact(value as Json)), CONTENT_MAX_BYTES);
}

/** A sentence of the agent or the author (intent, summary): always redacted, always cut. */
export const sentence = (text: string): string => preview(redactText(text.slice(0, 4 * SENTENCE_MAX_BYTES)), SENTENCE_MAX_BYTES);

/** An error's message may quote what it choked on: nothing of it with capture off, else redacted and cut. */
export function capturedMessage(mode: ContentMode, message: string): string | undefined {
  if (mode === 'off') return undefined;
  const cut = message.slice(0, 4 * ERROR_MAX_BYTES);
  return preview(mode === 'full' ? cut : redactText(cut), ERROR_MAX_BYTES);
}
