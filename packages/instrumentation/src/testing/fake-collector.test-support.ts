import type { ServerResponse } from 'node:http';
import { type Loopback, loopback, readBody } from './loopback.test-support.ts';
import { readSpans, type WireSpan } from './read-spans.test-support.ts';

export interface FakeCollector extends Loopback {
  /** Spans of accepted requests, in order of arrival. */
  readonly spans: WireSpan[];
  /** When each accepted request came, `performance.now()`. */
  readonly requests: { readonly atMs: number }[];
  /** Answers the next requests instead; undefined = accept. */
  answer: ((response: ServerResponse, spans: readonly WireSpan[]) => 'answered' | 'accept') | undefined;
  named(prefix: string): WireSpan[];
}

/** A collector that reads OTLP protobuf over a real socket and remembers what it accepted. */
export async function fakeCollector(port = 0): Promise<FakeCollector> {
  const spans: WireSpan[] = [];
  const requests: FakeCollector['requests'] = [];
  const server = await loopback(async (request, response) => {
    const body = readSpans(await readBody(request));
    if (collector.answer?.(response, body) === 'answered') return;
    spans.push(...body);
    requests.push({ atMs: performance.now() });
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }, port);
  const collector: FakeCollector = {
    ...server,
    spans,
    requests,
    answer: undefined,
    named: (prefix) => spans.filter((span) => span.name.startsWith(prefix)),
  };
  return collector;
}
