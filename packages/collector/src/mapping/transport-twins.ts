import type { DecisionEvent } from '@belay/protocol';

/**
 * A tool call over MCP may come as two spans: `execute_tool` and, inside it, the MCP client's `tools/call`. They are one decision; the
 * inner one goes where both are in one request.
 * @param transports the events that were read from MCP client spans.
 */
export function withoutTransportTwins(events: DecisionEvent[], transports: ReadonlySet<DecisionEvent>): DecisionEvent[] {
  if (transports.size === 0) return events;
  const outer = new Map<string, string | undefined>();
  for (const event of events) if (event.kind === 'tool') outer.set(event.id, event.call?.name);
  return events.filter((event) => {
    const parent = event.trace.parentSpanId;
    const isTwin = transports.has(event) && parent !== undefined && outer.get(`${event.trace.traceId}:${parent}`) === event.call?.name;
    return !isTwin;
  });
}
