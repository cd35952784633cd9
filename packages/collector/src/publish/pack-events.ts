import { type OutgoingMessage, packLines } from '@belay/bus';
import { type AgentKey, agentKey, TOPICS } from '@belay/protocol';

/** A line and whose it is. */
export interface AgentLine {
  readonly tenant: string;
  readonly agentId: string;
  /** A decision event as one JSON line, without the newline. */
  readonly line: string;
}

/** Packs the lines of each agent, in their order, into as few messages as the size bound allows. */
export function packEvents(lines: readonly AgentLine[], receivedUs: number): OutgoingMessage[] {
  const byAgent = new Map<string, { key: AgentKey; lines: string[] }>();
  for (const { tenant, agentId, line } of lines) {
    // A tenant has no slash, so the pair is told apart by its first one, without the cost of encoding the id on each line.
    const pair = `${tenant}/${agentId}`;
    const known = byAgent.get(pair);
    if (known === undefined) byAgent.set(pair, { key: agentKey(tenant, agentId), lines: [line] });
    else known.lines.push(line);
  }
  const messages: OutgoingMessage[] = [];
  for (const { key, lines: own } of byAgent.values()) {
    messages.push(...packLines({ topic: TOPICS.decisions, key, lines: own, timestampUs: receivedUs }));
  }
  return messages;
}
