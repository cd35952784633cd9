import type { DecisionEvent } from '@belay/protocol';
import { type AgentBinding, BelayError, bindingBreach } from '@belay/protocol';
import { readJsonTraces } from '../otlp/json-traces.ts';
import { readProtobufTraces } from '../otlp/protobuf-traces.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits, type ReadOutcome, type SpanVisitor } from '../otlp/raw-span.ts';
import { type MappingContext, mapSpan, type RejectReason } from './map-span.ts';
import { DEFAULT_MAPPING, type MappingOptions } from './mapping-options.ts';
import { withoutTransportTwins } from './transport-twins.ts';

export interface SpanMapperOptions extends Partial<Omit<MappingOptions, 'hashKey'>>, Pick<MappingOptions, 'hashKey'> {
  readonly limits?: Partial<ReadLimits>;
}

/** With what the caller's credential covers; nothing of it = every agent of the tenant. */
export interface RequestContext extends MappingContext, AgentBinding {}

export interface Rejection {
  readonly reason: RejectReason;
  readonly agentId?: string;
}

/** One request, mapped: each span of it is in `events`, counted in `skipped` (no decision), or in `rejected`. */
export interface MappedRequest {
  readonly events: DecisionEvent[];
  readonly skipped: number;
  readonly rejected: Rejection[];
  /** Set when the request could not be read: nothing of it may be used. */
  readonly malformed?: { readonly fault: 'malformed' | 'too_many'; readonly reason: string };
}

export interface SpanMapper {
  /** @param request a parsed ExportTraceServiceRequest in OTLP/JSON. Never throws on hostile input. */
  mapOtlpJson(request: unknown, context: RequestContext): MappedRequest;
  /** @param body an ExportTraceServiceRequest in protobuf. Never throws on hostile input. */
  mapOtlpProtobuf(body: Buffer, context: RequestContext): MappedRequest;
}

/**
 * Makes decision events out of OTLP traces: the mapping of the collector, and of `belay backtest`. Pure: the same request and context
 * give the same events.
 * @throws BelayError `bad_configuration` on a hash key under 16 bytes or a preview over 4096 bytes.
 */
export function createSpanMapper(options: SpanMapperOptions): SpanMapper {
  const mapping: MappingOptions = { ...DEFAULT_MAPPING, ...options };
  const limits: ReadLimits = { ...DEFAULT_READ_LIMITS, ...options.limits };
  check(mapping);
  return {
    mapOtlpJson: (request, context) => collect((visit) => readJsonTraces(request, limits, visit), context, mapping),
    mapOtlpProtobuf: (body, context) => collect((visit) => readProtobufTraces(body, limits, visit), context, mapping),
  };
}

function check({ hashKey, previewMaxBytes }: MappingOptions): void {
  if (hashKey.length < 16)
    throw new BelayError('bad_configuration', `hashKey has ${hashKey.length} bytes; give at least 16, secret and stable.`);
  if (!(previewMaxBytes >= 0 && previewMaxBytes <= 4096)) {
    throw new BelayError('bad_configuration', `previewMaxBytes is ${previewMaxBytes}; an event holds previews of 0 to 4096 bytes.`);
  }
}

function collect(read: (visit: SpanVisitor) => ReadOutcome, context: RequestContext, options: MappingOptions): MappedRequest {
  const events: DecisionEvent[] = [];
  const rejected: Rejection[] = [];
  const transports = new Set<DecisionEvent>();
  let skipped = 0;
  const outcome = read((span, resource) => {
    const mapped = mapSpan(span, resource, context, options);
    if (mapped === undefined) skipped += 1;
    else if ('reason' in mapped) rejected.push(mapped);
    else {
      const { event, transport } = mapped;
      const { id, name } = event.agent;
      const reason = bindingBreach(context, { id, name, environment: event.environment });
      if (reason !== undefined) rejected.push({ reason, agentId: id });
      else events.push(event);
      if (reason === undefined && transport) transports.add(event);
    }
  });
  if (!outcome.ok) return { events: [], skipped: 0, rejected: [], malformed: { fault: outcome.fault, reason: outcome.reason } };
  const kept = withoutTransportTwins(events, transports);
  return { events: kept, skipped: skipped + events.length - kept.length, rejected };
}
