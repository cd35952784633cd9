// How the two agents reach each other: HTTP, with W3C baggage. In a service that has OpenTelemetry's HTTP instrumentation this file is not needed.
import { createServer } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import { register } from '@belay/instrumentation/register';
import { context, propagation } from '@opentelemetry/api';

/** Sends a message. What a hand-over put into the baggage (which conversation this is all for) goes with it. */
export async function send(url: string, text: string): Promise<{ accepted: boolean }> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return { accepted: (await fetch(url, { method: 'POST', headers, body: text })).ok };
}

/** Answers every message at once and handles it after that, in the context it came with. */
export async function receive(port: number, handle: (text: string) => Promise<void>): Promise<void> {
  const server = createServer(async (request, response) => {
    const text = await readAll(request);
    response.writeHead(202).end();
    await context.with(propagation.extract(context.active(), request.headers), () => handle(text)).catch(say);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

/** OpenTelemetry, whose context carries the baggage. Ends the run properly when the process is told to go. */
export function live(agent: { readonly id: string; shutdown(): Promise<void> }): void {
  register({ serviceName: agent.id });
  process.once('SIGTERM', () => void agent.shutdown().then(() => process.exit(0)));
}

export function say(what: unknown): void {
  process.stdout.write(`${what instanceof Error ? what.message : what}\n`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
