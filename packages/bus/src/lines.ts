import { BelayError, HEADER_LINES, HEADER_SCHEMA, MESSAGE_MAX_BYTES, type Topic } from '@belay/protocol';
import type { LogMessage, OutgoingMessage } from './bus.ts';

/** Lines of one key to pack. A line is UTF-8 text without a newline. */
export interface LinesToPack {
  readonly topic: Topic;
  readonly key: string;
  readonly lines: readonly string[];
  readonly timestampUs: number;
  readonly partition?: number;
  /** Version of the line schema; default 1. */
  readonly schema?: number;
  /** Most bytes of one message; default MESSAGE_MAX_BYTES. */
  readonly maxBytes?: number;
}

/** One line of a message: text, its number in the message from 0, and where its bytes are. */
export interface Line {
  readonly index: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const NEWLINE = 10;

const pack = (input: LinesToPack, lines: readonly string[]): OutgoingMessage => ({
  topic: input.topic,
  key: input.key,
  value: Buffer.from(lines.join('\n')),
  headers: { [HEADER_SCHEMA]: String(input.schema ?? 1), [HEADER_LINES]: String(lines.length) },
  timestampUs: input.timestampUs,
  ...(input.partition === undefined ? {} : { partition: input.partition }),
});

function assertLine(line: string, bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw new BelayError('too_large', `A line has ${bytes} bytes, a message takes ${maxBytes}. Cut its previews.`);
  if (line.includes('\n')) throw new BelayError('bad_request', 'A line contains a newline: it would be read as two. Encode it as JSON.');
}

/** Whether all lines go into one message however they are encoded: a UTF-16 unit is at most three bytes of UTF-8. Saves counting them. */
function fitsForSure(lines: readonly string[], maxBytes: number): boolean {
  let most = 0;
  for (const line of lines) most += 3 * line.length + 1;
  return most <= maxBytes;
}

/**
 * Packs lines into as few messages as their order and the size bound allow (NDJSON without a newline at the end).
 * @throws BelayError `too_large` for a line over `maxBytes`; `bad_request` for a line with a newline in it.
 */
export function packLines(input: LinesToPack): OutgoingMessage[] {
  const maxBytes = input.maxBytes ?? MESSAGE_MAX_BYTES;
  const messages: OutgoingMessage[] = [];
  const isShort = fitsForSure(input.lines, maxBytes);
  let lines: string[] = [];
  let size = -1;
  for (const line of input.lines) {
    const bytes = isShort ? 0 : Buffer.byteLength(line);
    assertLine(line, bytes, maxBytes);
    if (!isShort && size + 1 + bytes > maxBytes) {
      messages.push(pack(input, lines));
      lines = [];
      size = -1;
    }
    lines.push(line);
    size += 1 + bytes;
  }
  if (lines.length > 0) messages.push(pack(input, lines));
  return messages;
}

const viewOf = (value: Uint8Array): Buffer => Buffer.from(value.buffer, value.byteOffset, value.byteLength);

/** The lines of a message in order; empty lines are skipped but keep their number. Each text is a string of its own, not a slice of the body. */
export function linesOf(message: LogMessage): Line[] {
  if (message.value === undefined) return [];
  const body = viewOf(message.value);
  const lines: Line[] = [];
  for (let start = 0, index = 0; start < body.length; index += 1) {
    const newline = body.indexOf(NEWLINE, start);
    const end = newline === -1 ? body.length : newline;
    if (end > start) lines.push({ index, text: body.toString('utf8', start, end), start, end });
    start = end + 1;
  }
  return lines;
}

/** The bytes of a line exactly as they are on the log, copied. */
export const bytesOfLine = (message: LogMessage, line: Line): Uint8Array =>
  Uint8Array.from((message.value ?? new Uint8Array()).subarray(line.start, line.end));

/** Where a line is on its topic: `partition:offset:line`. */
export const positionOf = (message: LogMessage, line: number): string => `${message.partition}:${message.offset}:${line}`;
