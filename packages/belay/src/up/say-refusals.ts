import { watchEvents } from '../client/event-stream.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { isRefusal, tailLine } from '../output/tail-line.ts';
import type { Terminal } from '../output/terminal.ts';

/** Refusals of one agent are said once in so long: a loop that is not held is found again and again. */
const AGAIN_AFTER_MS = 60_000;

/** Prints to the terminal of the platform what automation was not allowed to hold, until the signal. Never rejects. */
export async function sayRefusals(
  client: OperatorClient,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
): Promise<void> {
  const said = new Map<string, number>();
  try {
    for await (const event of watchEvents(client, { signal })) {
      if (!isRefusal(event)) continue;
      const whom = event.kind === 'anomaly' ? event.anomaly.agentId : '';
      if (performance.now() - (said.get(whom) ?? Number.NEGATIVE_INFINITY) < AGAIN_AFTER_MS) continue;
      if (said.size > 1_000) said.clear();
      said.set(whom, performance.now());
      terminal.line(tailLine(event, terminal));
    }
  } catch (error) {
    if (!signal.aborted) terminal.note(terminal.colours.yellow(`belay: refused holds are not shown here any more (${String(error)})`));
  }
}
