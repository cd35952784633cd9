import { type Json, preview, redact, redactText, type ScannedArguments, scanArguments } from '@belay/protocol';
import { parseJson } from './read-value.ts';

/** What is kept of arguments, results and model output: nothing; a preview with credentials taken out; a preview as it came. */
export type ContentCapture = 'off' | 'redacted' | 'full';

/** Arguments, a result or a model's output as a span carried them. */
export interface Content {
  /** The JSON value; the text itself when it is no JSON, or JSON nested deeper than {@link CONTENT_DEPTH_MAX}. */
  readonly value: Json;
  readonly text: string;
  /** Of arguments that could be read without parsing them: then the value is parsed only where somebody asks for it. */
  readonly scanned?: ScannedArguments;
}

/** Levels of arrays and objects in arguments and results; recursive work below here would be an agent's to blow up. */
const CONTENT_DEPTH_MAX = 64;
// Redaction reads this much more than the preview shows, so that a secret cut in half at the border is still one.
const REDACTION_WINDOW = 8192;

/** Undefined when the span carries none (an empty text is a content). */
export function readContent(value: Json | undefined): Content | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return structured(value);
  const parsed = looksLikeJson(value) ? parseJson(value) : undefined;
  return { value: parsed === undefined || isDeeperThan(parsed, CONTENT_DEPTH_MAX) ? value : parsed, text: value };
}

/** The same for arguments. */
export function readArguments(value: Json | undefined): Content | undefined {
  const scanned = typeof value === 'string' ? scanArguments(value) : undefined;
  return typeof value === 'string' && scanned !== undefined ? new ScannedContent(value, scanned) : readContent(value);
}

class ScannedContent implements Content {
  readonly text: string;
  readonly scanned: ScannedArguments;

  constructor(text: string, scanned: ScannedArguments) {
    this.text = text;
    this.scanned = scanned;
  }

  get value(): Json {
    return JSON.parse(this.text) as Json;
  }
}

/** Through its text, because protobuf can say what JSON cannot (NaN, Infinity): those become null. */
function structured(value: Json): Content {
  const text = JSON.stringify(value);
  return { value: JSON.parse(text) as Json, text };
}

/** The first character decides whether a parse is worth trying: `{ [ "`, a digit, a minus, or the words true, false, null. */
const looksLikeJson = (text: string): boolean => /^\s*[[{"\d\-tfn]/.test(text);

function isDeeperThan(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const item of Object.values(value)) {
    if (typeof item === 'object' && item !== null && isDeeperThan(item as Json, levels - 1)) return true;
  }
  return false;
}

/**
 * What is stored of a content: at most `maxBytes` of UTF-8, redacted unless told otherwise; undefined when capture is off.
 * @param isClean true when it is known already that redaction would find nothing in the value.
 */
export function contentPreview(content: Content, capture: ContentCapture, maxBytes: number, isClean = false): string | undefined {
  if (capture === 'off') return undefined;
  if (capture === 'full') return preview(content.text, maxBytes);
  // Not the text itself: of two values under one key it shows both, and only the second one was looked at.
  if (isClean) return preview(content.scanned === undefined ? JSON.stringify(content.value) : content.text, maxBytes);
  return preview(redacted(content), maxBytes);
}

function redacted({ value, text }: Content): string {
  const isShown = typeof value === 'object' && value !== null && text.length <= REDACTION_WINDOW;
  return isShown ? JSON.stringify(redact(value)) : redactText(text.slice(0, REDACTION_WINDOW));
}

/** Free text (an intent, a summary) for the record: redacted unless capture is full. */
export const textForRecord = (text: string, capture: ContentCapture): string =>
  capture === 'full' ? text : redactText(text.slice(0, REDACTION_WINDOW));
