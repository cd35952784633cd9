import type { Json } from '@belay/protocol';
import { SLOT, slotOfKey } from './attribute-slots.ts';
import { Malformed } from './malformed.ts';
import { jsonNanosToMicros } from './nanoseconds.ts';
import {
  createRawSpan,
  createSlotValues,
  type RawSpan,
  type ReadLimits,
  type ReadOutcome,
  resetRawSpan,
  type SlotValues,
  type SpanVisitor,
} from './raw-span.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads a parsed ExportTraceServiceRequest in OTLP/JSON (lower camel case, hex ids). Never throws; unknown fields are passed over. */
export function readJsonTraces(request: unknown, limits: ReadLimits, visit: SpanVisitor): ReadOutcome {
  try {
    readRequest(request, limits, visit);
    return { ok: true };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, fault: error.fault, reason: error.message };
    throw error;
  }
}

function readRequest(request: unknown, limits: ReadLimits, visit: SpanVisitor): void {
  const span = createRawSpan();
  let spans = 0;
  for (const resourceSpans of list(fields(request, 'the request'), 'resourceSpans')) {
    const group = fields(resourceSpans, 'an element of resourceSpans');
    const resource = createSlotValues();
    if (isFields(group.resource)) readAttributes(group.resource.attributes, resource, limits);
    for (const scopeSpans of list(group, 'scopeSpans')) {
      for (const item of list(fields(scopeSpans, 'an element of scopeSpans'), 'spans')) {
        spans += 1;
        if (spans > limits.maxSpans) throw new Malformed(`more than ${limits.maxSpans} spans in one request`, 'too_many');
        resetRawSpan(span);
        readSpan(fields(item, 'a span'), span, limits);
        visit(span, resource);
      }
    }
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function fields(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new Malformed(`${what} is not a JSON object`);
  return value;
}

function list(parent: Fields, name: string): readonly unknown[] {
  const value = parent[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Malformed(`${name} is not a JSON array`);
  return value;
}

function readSpan(item: Fields, span: RawSpan, limits: ReadLimits): void {
  span.traceId = id(item.traceId, 32);
  span.spanId = id(item.spanId, 16);
  span.parentSpanId = id(item.parentSpanId, 16);
  span.name = text(item.name);
  span.kind = enumerator(item.kind, 'SPAN_KIND_', KINDS);
  span.startUs = jsonNanosToMicros(item.startTimeUnixNano);
  span.endUs = jsonNanosToMicros(item.endTimeUnixNano);
  span.attributeCount = readAttributes(item.attributes, span.values, limits);
  const status = item.status;
  if (isFields(status)) {
    span.statusCode = enumerator(status.code, 'STATUS_CODE_', STATUS_CODES);
    span.statusMessage = text(status.message);
  }
  const events = item.events;
  if (Array.isArray(events) && events.length > 0) readExceptions(events, span, limits);
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'];

/** OTLP/JSON writes numbers; protobuf's own JSON mapping writes names, which some senders use. */
function enumerator(value: unknown, prefix: string, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.startsWith(prefix) ? Math.max(0, names.indexOf(value.slice(prefix.length))) : 0;
}

const text = (value: unknown): string => (typeof value === 'string' ? wellFormed(value) : '');

const wellFormed = (value: string): string => (value.isWellFormed() ? value : value.toWellFormed());

const HEX = /^[0-9a-f]*$/;

function id(value: unknown, digits: number): string {
  if (typeof value !== 'string' || value.length !== digits) return '';
  const lower = value.toLowerCase();
  return HEX.test(lower) ? lower : '';
}

/** Of span events only recorded exceptions matter: their type and message tell the class of an error. */
function readExceptions(events: readonly unknown[], span: RawSpan, limits: ReadLimits): void {
  for (const event of events) {
    if (!isFields(event)) continue;
    const values = createSlotValues();
    readAttributes(event.attributes, values, limits);
    span.values[SLOT.exceptionType] ??= values[SLOT.exceptionType];
    span.values[SLOT.exceptionMessage] ??= values[SLOT.exceptionMessage];
  }
}

/** Fills the slots of known attributes (the last one of a key wins) and returns how many attributes there are in all. */
function readAttributes(attributes: unknown, into: SlotValues, limits: ReadLimits): number {
  if (!Array.isArray(attributes)) return 0;
  for (const attribute of attributes) {
    if (!isFields(attribute) || typeof attribute.key !== 'string') continue;
    const slot = slotOfKey(attribute.key);
    if (slot >= 0) into[slot] = anyValue(attribute.value, 0, limits.maxDepth);
  }
  return attributes.length;
}

const INTEGER = /^-?\d{1,20}$/;

/** The value, undefined for bytes, for nothing, and for what is nested deeper than the limit. */
function anyValue(value: unknown, depth: number, maxDepth: number): Json | undefined {
  if (!isFields(value)) return undefined;
  const { stringValue, intValue, boolValue, doubleValue } = value;
  if (typeof stringValue === 'string') return wellFormed(stringValue);
  if (typeof intValue === 'number') return intValue;
  if (typeof intValue === 'string') return INTEGER.test(intValue) ? Number(intValue) : undefined;
  if (typeof boolValue === 'boolean') return boolValue;
  if (doubleValue !== undefined) return double(doubleValue);
  return depth < maxDepth ? nested(value, depth + 1, maxDepth) : undefined;
}

/** protobuf's JSON mapping writes what JSON cannot hold as text: "NaN", "Infinity", "-Infinity". */
const double = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined;

function nested(value: Fields, depth: number, maxDepth: number): Json | undefined {
  const { arrayValue, kvlistValue } = value;
  if (isFields(arrayValue)) return values(arrayValue).map((item) => anyValue(item, depth, maxDepth) ?? null);
  if (!isFields(kvlistValue)) return undefined;
  const entries = values(kvlistValue).map((item): [string, Json] =>
    isFields(item) ? [text(item.key), anyValue(item.value, depth, maxDepth) ?? null] : ['', null],
  );
  // fromEntries defines own properties: a key "__proto__" stays a key.
  return Object.fromEntries(entries);
}

function values(parent: Fields): readonly unknown[] {
  const items = parent.values;
  return Array.isArray(items) ? items : [];
}
