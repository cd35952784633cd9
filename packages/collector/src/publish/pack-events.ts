import type { OutgoingMessage } from '@belay/bus';
import { agentKey, HEADER_LINES, HEADER_SCHEMA, MESSAGE_MAX_BYTES, TOPICS } from '@belay/protocol';

/** A line and whose it is. */
export interface AgentLine {
  readonly tenant: string;
  readonly agentId: string;
  /** A decision event as one JSON line, without the newline. */
  readonly line: string;
}

interface Pack {
  readonly lines: string[];
  bytes: number;
}

/** Packs the lines of each agent, in their order, into messages of at most {@link MESSAGE_MAX_BYTES}. */
export function packEvents(lines: readonly AgentLine[], receivedUs: number): OutgoingMessage[] {
  const messages: OutgoingMessage[] = [];
  const open = new Map<string, Pack>();
  for (const { tenant, agentId, line } of lines) {
    const key = agentKey(tenant, agentId);
    const bytes = Buffer.byteLength(line) + 1;
    const pack = open.get(key);
    if (pack !== undefined && pack.bytes + bytes <= MESSAGE_MAX_BYTES) {
      pack.lines.push(line);
      pack.bytes += bytes;
      continue;
    }
    if (pack !== undefined) messages.push(toMessage(key, pack, receivedUs));
    open.set(key, { lines: [line], bytes });
  }
  for (const [key, pack] of open) messages.push(toMessage(key, pack, receivedUs));
  return messages;
}

const toMessage = (key: string, pack: Pack, timestampUs: number): OutgoingMessage => ({
  topic: TOPICS.decisions,
  key,
  value: Buffer.from(pack.lines.join('\n')),
  headers: { [HEADER_SCHEMA]: '1', [HEADER_LINES]: String(pack.lines.length) },
  timestampUs,
});
