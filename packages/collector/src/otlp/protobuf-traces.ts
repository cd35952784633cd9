import type { Json } from '@belay/protocol';
import { SLOT, slotOfBytes } from './attribute-slots.ts';
import { Malformed } from './malformed.ts';
import { wordsToMicros } from './nanoseconds.ts';
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
import { WireReader } from './wire-reader.ts';

// Tags (field number × 8 + wire type) of opentelemetry/proto/trace/v1/trace.proto and common/v1/common.proto.
const RESOURCE_SPANS = 10;
const RESOURCE = 10;
const SCOPE_SPANS = 18;
const RESOURCE_ATTRIBUTES = 10;
const SPANS = 18;

/**
 * Reads an ExportTraceServiceRequest in protobuf. Walks the wire once and makes values of known attributes only.
 * Truncated or mutated input is an outcome, never an exception; spans may have been visited before the fault was met.
 */
export function readProtobufTraces(body: Buffer, limits: ReadLimits, visit: SpanVisitor): ReadOutcome {
  const reading: Reading = { wire: new WireReader(body), limits, visit, span: createRawSpan(), spans: 0 };
  try {
    const { wire } = reading;
    for (let tag = wire.tag(body.length); tag !== 0; tag = wire.tag(body.length)) {
      if (tag === RESOURCE_SPANS) readResourceSpans(reading, wire.delimited(body.length));
      else wire.skip(tag, body.length);
    }
    return { ok: true };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, fault: error.fault, reason: `${error.message} at byte ${reading.wire.position}` };
    throw error;
  }
}

interface Reading {
  readonly wire: WireReader;
  readonly limits: ReadLimits;
  readonly visit: SpanVisitor;
  readonly span: RawSpan;
  spans: number;
}

/** The resource may stand after its spans, so it is looked for first; passing over the spans costs one length each. */
function readResourceSpans(reading: Reading, end: number): void {
  const { wire } = reading;
  const start = wire.position;
  const resource = createSlotValues();
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === RESOURCE) readResource(reading, wire.delimited(end), resource);
    else wire.skip(tag, end);
  }
  wire.position = start;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === SCOPE_SPANS) readScopeSpans(reading, wire.delimited(end), resource);
    else wire.skip(tag, end);
  }
}

function readResource(reading: Reading, end: number, resource: SlotValues): void {
  const { wire } = reading;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === RESOURCE_ATTRIBUTES) readKeyValue(reading, wire.delimited(end), resource);
    else wire.skip(tag, end);
  }
}

function readScopeSpans(reading: Reading, end: number, resource: SlotValues): void {
  const { wire, limits, span, visit } = reading;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag !== SPANS) {
      wire.skip(tag, end);
      continue;
    }
    reading.spans += 1;
    if (reading.spans > limits.maxSpans) throw new Malformed(`more than ${limits.maxSpans} spans in one request`, 'too_many');
    resetRawSpan(span);
    readSpan(reading, wire.delimited(end));
    visit(span, resource);
  }
}

function readSpan(reading: Reading, end: number): void {
  const { wire, span } = reading;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    switch (tag) {
      case 10:
        span.traceId = readId(wire, wire.delimited(end), 16);
        break;
      case 18:
        span.spanId = readId(wire, wire.delimited(end), 8);
        break;
      case 34:
        span.parentSpanId = readId(wire, wire.delimited(end), 8);
        break;
      case 42:
        span.name = wire.text(wire.delimited(end));
        break;
      case 48:
        span.kind = wire.varint32();
        break;
      case 57:
        wire.fixed64();
        span.startUs = wordsToMicros(wire.high, wire.low);
        break;
      case 65:
        wire.fixed64();
        span.endUs = wordsToMicros(wire.high, wire.low);
        break;
      case 74:
        span.attributeCount += 1;
        readKeyValue(reading, wire.delimited(end), span.values);
        break;
      case 90:
        readEvent(reading, wire.delimited(end));
        break;
      case 122:
        readStatus(reading, wire.delimited(end));
        break;
      default:
        wire.skip(tag, end);
    }
    if (wire.position > end) throw new Malformed('field reaches beyond its span');
  }
}

function readId(wire: WireReader, stop: number, bytes: number): string {
  if (stop - wire.position === bytes) return wire.hex(stop);
  wire.position = stop;
  return '';
}

function readStatus(reading: Reading, end: number): void {
  const { wire, span } = reading;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === 18) span.statusMessage = wire.text(wire.delimited(end));
    else if (tag === 24) span.statusCode = wire.varint32();
    else wire.skip(tag, end);
  }
}

/** Of span events only recorded exceptions matter: their type and message tell the class of an error. */
function readEvent(reading: Reading, end: number): void {
  const { wire, span } = reading;
  const values = createSlotValues();
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === 26) readKeyValue(reading, wire.delimited(end), values);
    else wire.skip(tag, end);
  }
  span.values[SLOT.exceptionType] ??= values[SLOT.exceptionType];
  span.values[SLOT.exceptionMessage] ??= values[SLOT.exceptionMessage];
}

function readKeyValue(reading: Reading, end: number, into: SlotValues): void {
  const { wire } = reading;
  let slot = -1;
  let valueStart = -1;
  let valueEnd = -1;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === 10) {
      const stop = wire.delimited(end);
      slot = slotOfBytes(wire.bytes, wire.position, stop);
      wire.position = stop;
    } else if (tag === 18) {
      valueEnd = wire.delimited(end);
      valueStart = wire.position;
      wire.position = valueEnd;
    } else wire.skip(tag, end);
  }
  if (slot < 0 || valueStart < 0) return;
  wire.position = valueStart;
  into[slot] = readAnyValue(reading, valueEnd, 0);
  wire.position = end;
}

/** The value, undefined for bytes, for nothing, and for what is nested deeper than the limit. */
function readAnyValue(reading: Reading, end: number, depth: number): Json | undefined {
  const { wire, limits } = reading;
  let value: Json | undefined;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    switch (tag) {
      case 10:
        value = wire.text(wire.delimited(end));
        break;
      case 16:
        wire.varint64();
        value = (wire.low | wire.high) !== 0;
        break;
      case 24:
        value = wire.int64();
        break;
      case 33:
        value = wire.double();
        break;
      case 42:
      case 50: {
        const stop = wire.delimited(end);
        if (depth >= limits.maxDepth) wire.position = stop;
        else value = tag === 42 ? readArray(reading, stop, depth + 1) : readKeyValueList(reading, stop, depth + 1);
        break;
      }
      default:
        wire.skip(tag, end);
        if (tag === 58) value = undefined;
    }
    if (wire.position > end) throw new Malformed('value reaches beyond its attribute');
  }
  return value;
}

function readArray(reading: Reading, end: number, depth: number): Json {
  const { wire } = reading;
  const values: Json[] = [];
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === 10) values.push(readAnyValue(reading, wire.delimited(end), depth) ?? null);
    else wire.skip(tag, end);
  }
  return values;
}

function readKeyValueList(reading: Reading, end: number, depth: number): Json {
  const { wire } = reading;
  const entries: [string, Json][] = [];
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === 10) entries.push(readEntry(reading, wire.delimited(end), depth));
    else wire.skip(tag, end);
  }
  // fromEntries defines own properties: a key "__proto__" stays a key.
  return Object.fromEntries(entries);
}

function readEntry(reading: Reading, end: number, depth: number): [string, Json] {
  const { wire } = reading;
  let key = '';
  let value: Json = null;
  for (let tag = wire.tag(end); tag !== 0; tag = wire.tag(end)) {
    if (tag === 10) key = wire.text(wire.delimited(end));
    else if (tag === 18) value = readAnyValue(reading, wire.delimited(end), depth) ?? null;
    else wire.skip(tag, end);
  }
  return [key, value];
}
