import type { IncomingMessage } from 'node:http';
import type { OutgoingMessage, Publisher } from '@belay/bus';
import type { Clock } from '@belay/protocol';
import type { CollectorLimits } from '../config.ts';
import { fitEvent } from '../mapping/fit-event.ts';
import type { MappedRequest, SpanMapper } from '../mapping/span-mapper.ts';
import type { CollectorMetrics } from '../metrics.ts';
import { jsonHazard } from '../otlp/json-guard.ts';
import { type AgentLine, packEvents } from '../publish/pack-events.ts';
import { publishEvents } from '../publish/publish-events.ts';
import { type Answer, acceptedAnswer, type Encoding, type Refusal, refusalAnswer } from './answer.ts';
import type { Authenticator, Caller } from './authenticate.ts';
import type { InFlightBytes, InFlightLease } from './in-flight-bytes.ts';
import type { NewAgentLimit } from './new-agent-limit.ts';
import { readBody } from './request-body.ts';

export interface ExportDeps {
  readonly limits: CollectorLimits;
  readonly authenticator: Authenticator;
  readonly inFlight: InFlightBytes;
  readonly mapper: SpanMapper;
  readonly newAgents: NewAgentLimit;
  readonly publisher: Publisher;
  readonly metrics: CollectorMetrics;
  readonly clock: Clock;
}

/** What is ready to be published, and what to tell the sender of the rest. */
interface Prepared {
  readonly messages: readonly OutgoingMessage[];
  /** Lines in the messages. They are not kept themselves: what waits for the log is bytes, which cost the garbage collector nothing. */
  readonly decisions: number;
  readonly skipped: number;
  readonly reasons: Map<string, number>;
}

/**
 * `POST /v1/traces`: 200 only after the log has acknowledged every decision that is not counted as rejected.
 * Rejects when the connection breaks while the body arrives.
 */
export async function exportTraces(request: IncomingMessage, encoding: Encoding, deps: ExportDeps): Promise<Answer> {
  const authentication = await deps.authenticator.authenticate(request.headers.authorization);
  if ('refused' in authentication) return refusalAnswer(authentication.refused, encoding);
  const lease = deps.inFlight.open();
  const inHand = { published: false };
  try {
    const prepared = await receive(request, encoding, { caller: authentication.caller, lease }, deps);
    if ('status' in prepared) return refusalAnswer(prepared, encoding);
    inHand.published = true;
    const refused = await publish(prepared, lease, deps);
    if (refused !== undefined) return refusalAnswer(refused, encoding);
    count(prepared, deps.metrics);
    return acceptedAnswer(prepared.reasons, encoding);
  } finally {
    if (!inHand.published) lease.release();
  }
}

/** A function of its own so that the body is let go before the log is waited for. */
async function receive(
  request: IncomingMessage,
  encoding: Encoding,
  { caller, lease }: { readonly caller: Caller; readonly lease: InFlightLease },
  deps: ExportDeps,
): Promise<Prepared | Refusal> {
  const received = await readBody(request, deps.limits, lease);
  if ('refused' in received) return received.refused;
  deps.metrics.wireBytes.inc({ encoding }, received.wireBytes);
  deps.metrics.decodedBytes.inc({ encoding }, received.body.length);
  return prepare(received.body, encoding, caller, deps);
}

function prepare(body: Buffer, encoding: Encoding, caller: Caller, deps: ExportDeps): Prepared | Refusal {
  const context = { ...caller.binding, tenant: caller.tenant, receivedUs: deps.clock.nowUs() };
  const mapped = encoding === 'protobuf' ? deps.mapper.mapOtlpProtobuf(body, context) : mapJson(body, deps.mapper, context);
  if ('status' in mapped) return mapped;
  if (mapped.malformed !== undefined) {
    if (mapped.malformed.fault === 'too_many') return { status: 413, message: `The request has ${mapped.malformed.reason}; send fewer.` };
    return malformed(`an ExportTraceServiceRequest in ${encoding} (${mapped.malformed.reason})`);
  }
  const admission = deps.newAgents.admit(caller.tenant, caller.tokenId, new Set(mapped.events.map((event) => event.agent.id)));
  if (!admission.ok) {
    const message = 'This token brings new agent ids faster than it may; send the same request again later.';
    return { status: 429, message, retryAfterMs: admission.retryAfterMs };
  }
  return encode(mapped, deps);
}

const malformed = (what: string): Refusal => ({ status: 400, message: `The body is not ${what}; do not resend it.` });

function mapJson(body: Buffer, mapper: SpanMapper, context: Parameters<SpanMapper['mapOtlpJson']>[1]): MappedRequest | Refusal {
  const hazard = jsonHazard(body);
  if (hazard !== undefined) return malformed(`JSON that can be taken in (${hazard})`);
  let request: unknown;
  try {
    request = JSON.parse(body.toString());
  } catch {
    return malformed('JSON');
  }
  return mapper.mapOtlpJson(request, context);
}

function encode({ events, skipped, rejected }: MappedRequest, { metrics, clock }: ExportDeps): Prepared {
  const lines: AgentLine[] = [];
  const reasons = new Map<string, number>();
  const reject = (reason: string): unknown => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const { reason } of rejected) reject(reason);
  for (const event of events) {
    const fitted = fitEvent(event);
    if (fitted === undefined) {
      reject('event_too_large');
      continue;
    }
    if (fitted.shrunk) metrics.shrunk.inc();
    lines.push({ tenant: event.tenant, agentId: event.agent.id, line: fitted.line });
  }
  return { messages: packEvents(lines, clock.nowUs()), decisions: lines.length, skipped, reasons };
}

async function publish(prepared: Prepared, lease: InFlightLease, deps: ExportDeps): Promise<Refusal | undefined> {
  if (prepared.messages.length === 0) {
    lease.release();
    return undefined;
  }
  const startedUs = deps.clock.monotonicUs();
  const { publishTimeoutMs: timeoutMs } = deps.limits;
  const published = await publishEvents(deps.publisher, prepared.messages, { timeoutMs, onSettled: lease.release });
  deps.metrics.publishSeconds.observe((deps.clock.monotonicUs() - startedUs) / 1e6);
  return published.ok ? undefined : published.refused;
}

/** Counted once per request that was answered 200, so that a resent request does not count twice. */
function count({ decisions, skipped, reasons }: Prepared, metrics: CollectorMetrics): void {
  let rejected = 0;
  for (const [reason, spans] of reasons) {
    rejected += spans;
    metrics.rejected.inc({ reason }, spans);
  }
  metrics.received.inc(decisions + skipped + rejected);
  metrics.accepted.inc(decisions);
  metrics.skipped.inc(skipped);
}
