import { agentKey, BelayError } from '@belay/protocol';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../http/authenticate.ts';
import type { Services } from '../services.ts';
import type { AgentState } from './agent-state.ts';
import { openSse, type SseStream } from './sse.ts';
import type { Subscriber } from './state-hub.ts';

const stateEvent = (state: AgentState, signed: string) => ({
  event: 'state',
  id: String(state.revision),
  data: JSON.stringify({ state: signed }),
});

/**
 * Opens the stream of one agent. The first event is the complete state with the caller's nonce, whatever cursor the caller had: a state is
 * small and complete, so nothing has to be replayed.
 */
export async function openStateStream(
  services: Services,
  who: { principal: Principal; agentId: string; nonce: string },
  reply: FastifyReply,
): Promise<void> {
  const key = agentKey(who.principal.tenant, who.agentId);
  const first = await services.readState(who.principal.tenant, who.agentId);
  const signed = await services.signer.sign(key, first, who.nonce);
  const sse = register(services, { principal: who.principal, owner: key }, reply);
  const subscriber: Subscriber = { epoch: first.epoch, push: (state, jws) => void send(services, sse, stateEvent(state, jws)) };
  sse.onClose(services.hub.subscribe(key, subscriber));
  send(services, sse, stateEvent(first, signed));
  await services.hub.refresh(key);
}

function send(services: Services, sse: SseStream, event: Parameters<SseStream['send']>[0]): void {
  if (sse.isOpen && !sse.send(event)) services.metrics.droppedStreams.inc();
}

function register(services: Services, who: { principal: Principal; owner: string }, reply: FastifyReply): SseStream {
  const { streams, settings } = services;
  let sse: SseStream | undefined;
  const entry = {
    ...who,
    close: () => sse?.close(),
    ping: () => {
      if (sse !== undefined) send(services, sse, { event: 'ping', data: '{}' });
    },
  };
  if (!streams.add(entry))
    throw new BelayError('overloaded', 'There are too many open streams; poll, or try again.', { retryable: true, retryAfterMs: 5_000 });
  reply.hijack();
  sse = openSse(reply.raw, { bufferBytes: settings.streamBufferBytes });
  sse.onClose(() => streams.remove(entry));
  return sse;
}

/** Opens the live view of the principal's tenant: control events and anomalies. */
export async function openEventStream(services: Services, principal: Principal, reply: FastifyReply): Promise<void> {
  const sse = register(services, { principal, owner: `operators/${principal.tenant}` }, reply);
  sse.onClose(
    services.feed.subscribe((tenant, item) => {
      if (tenant === principal.tenant) send(services, sse, { event: item.type, id: item.event.id, data: JSON.stringify(item.event) });
    }),
  );
  send(services, sse, { event: 'ping', data: '{}' });
}
