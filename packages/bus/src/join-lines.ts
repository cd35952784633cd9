import { HEADER_LINES, HEADER_SCHEMA } from '@belay/protocol';
import type { OutgoingMessage } from './bus.ts';

/** What readers take at once stays small; one message costs a log several times what a line in it does. */
const JOINED_MAX_BYTES = 65_536;
const NEWLINE: Uint8Array = Uint8Array.of(10);

interface Growing {
  readonly first: OutgoingMessage;
  readonly values: Uint8Array[];
  bytes: number;
  lines: number;
}

/**
 * Joins messages of lines that have one key and one schema, as they come together when several requests wait for the log. Every line stays, those of
 * a key in their order; a joined message stands where its first one stood and has its time. Messages that are no lines, or are set to a partition,
 * pass as they are.
 */
export function joinLines(messages: readonly OutgoingMessage[]): OutgoingMessage[] {
  if (messages.length < 2) return [...messages];
  const joined: (Growing | OutgoingMessage)[] = [];
  const open = new Map<string, Growing>();
  for (const message of messages) {
    const lines = linesIn(message);
    const size = message.value?.length ?? 0;
    const name = `${message.topic} ${message.key}`;
    const before = open.get(name);
    if (lines !== undefined && message.value !== undefined && before !== undefined && hasRoom(before, message, size)) {
      before.values.push(NEWLINE, message.value);
      before.bytes += 1 + size;
      before.lines += lines;
      continue;
    }
    const growing =
      lines === undefined || message.value === undefined ? undefined : { first: message, values: [message.value], bytes: size, lines };
    // What cannot be joined also closes the one before it: nothing of a key passes another of it.
    if (growing === undefined) open.delete(name);
    else open.set(name, growing);
    joined.push(growing ?? message);
  }
  return joined.map((one) => ('first' in one ? whole(one) : one));
}

const hasRoom = ({ first, bytes }: Growing, message: OutgoingMessage, size: number): boolean =>
  bytes + 1 + size <= JOINED_MAX_BYTES && first.headers?.[HEADER_SCHEMA] === message.headers?.[HEADER_SCHEMA];

/** Lines in a message of nothing but lines, undefined for any other. */
function linesIn({ headers, value, partition }: OutgoingMessage): number | undefined {
  if (headers === undefined || value === undefined || value.length === 0 || partition !== undefined) return undefined;
  for (const name in headers) if (name !== HEADER_SCHEMA && name !== HEADER_LINES) return undefined;
  const lines = Number(headers[HEADER_LINES]);
  return Number.isSafeInteger(lines) && lines > 0 ? lines : undefined;
}

function whole({ first, values, lines }: Growing): OutgoingMessage {
  return values.length === 1
    ? first
    : { ...first, value: Buffer.concat(values), headers: { ...first.headers, [HEADER_LINES]: String(lines) } };
}
