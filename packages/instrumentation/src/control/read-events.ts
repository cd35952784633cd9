import type { IncomingMessage } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** No state is this long; a server that sends an endless event gets its connection closed. */
const MAX_BUFFER_BYTES = 2_000_000;

/**
 * The events of an SSE answer, one by one.
 * @throws when the answer is no event stream, on a broken connection, and when one event grows without end.
 */
export async function* readEvents(response: IncomingMessage): AsyncGenerator<EventSourceMessage> {
  if (response.statusCode !== 200 || !String(response.headers['content-type']).startsWith('text/event-stream')) {
    response.destroy();
    throw new Error(`No event stream: control answered ${response.statusCode}.`);
  }
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  let pendingBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    pendingBytes = events.length > 0 ? 0 : pendingBytes + chunk.length;
    if (pendingBytes > MAX_BUFFER_BYTES) throw new Error('An event of the stream is too long.');
    yield* events.splice(0);
  }
}
