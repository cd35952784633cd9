import type { Json } from '@belay/protocol';
import { SLOT_COUNT } from './attribute-slots.ts';

/** Values of known attributes by slot; undefined = absent or of a kind that has no use here (bytes). */
export type SlotValues = (Json | undefined)[];

/**
 * What the mapping needs of an OTLP span, from protobuf or JSON. Readers fill one object again and again: a visitor MUST NOT keep it.
 */
export interface RawSpan {
  /** 32 lower-case hex digits, or '' when it is not 16 bytes. */
  traceId: string;
  /** 16 lower-case hex digits, or '' when it is not 8 bytes. */
  spanId: string;
  parentSpanId: string;
  name: string;
  /** OTLP SpanKind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  /** µs since the epoch, ≥ 0. */
  startUs: number;
  endUs: number;
  /** OTLP StatusCode: 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
  /** All attributes of the span, known or not. */
  attributeCount: number;
  readonly values: SlotValues;
}

/** Called for each span, in the order of the request, with the values of its resource. */
export type SpanVisitor = (span: RawSpan, resource: SlotValues) => void;

export interface ReadLimits {
  /** Levels of arrays and maps in one attribute value; what is deeper is dropped with the value. */
  readonly maxDepth: number;
  /** Spans in one request; a request with more is malformed. */
  readonly maxSpans: number;
}

export const DEFAULT_READ_LIMITS: ReadLimits = { maxDepth: 32, maxSpans: 50_000 };

/** Whether a request could be read, and if not, why: `too_many` = over {@link ReadLimits.maxSpans}. */
export type ReadOutcome = { readonly ok: true } | { readonly ok: false; readonly fault: 'malformed' | 'too_many'; readonly reason: string };

export const createSlotValues = (): SlotValues => new Array<Json | undefined>(SLOT_COUNT).fill(undefined);

export function createRawSpan(): RawSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    startUs: 0,
    endUs: 0,
    statusCode: 0,
    statusMessage: '',
    attributeCount: 0,
    values: createSlotValues(),
  };
}

export function resetRawSpan(span: RawSpan): void {
  span.traceId = '';
  span.spanId = '';
  span.parentSpanId = '';
  span.name = '';
  span.kind = 0;
  span.startUs = 0;
  span.endUs = 0;
  span.statusCode = 0;
  span.statusMessage = '';
  span.attributeCount = 0;
  span.values.fill(undefined);
}
