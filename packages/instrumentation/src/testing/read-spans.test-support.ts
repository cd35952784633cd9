import { Reader } from 'protobufjs/minimal.js';

/** A span as a collector would read it off the wire. */
export interface WireSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: number;
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

type Fields = ReadonlyMap<number, readonly unknown[]>;

/** The fields of a protobuf message, by number: varints and fixed as bigint or number, the rest as bytes. */
function fieldsOf(bytes: Uint8Array): Fields {
  const reader = Reader.create(bytes);
  const fields = new Map<number, unknown[]>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const value = readValue(reader, tag & 7);
    fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), value]);
  }
  return fields;
}

function readValue(reader: Reader, wireType: number): unknown {
  if (wireType === 0) return Number(reader.int64());
  if (wireType === 1) return reader.double();
  if (wireType === 2) return reader.bytes();
  if (wireType === 5) return reader.float();
  throw new Error(`unexpected wire type ${wireType}`);
}

const messages = (fields: Fields, number: number): Fields[] => (fields.get(number) ?? []).map((bytes) => fieldsOf(bytes as Uint8Array));
const text = (value: unknown): string => Buffer.from((value as Uint8Array | undefined) ?? []).toString('utf8');
const hex = (value: unknown): string => Buffer.from((value as Uint8Array | undefined) ?? []).toString('hex');

function anyValue(fields: Fields | undefined): unknown {
  if (fields === undefined) return undefined;
  if (fields.has(1)) return text(fields.get(1)?.[0]);
  if (fields.has(2)) return fields.get(2)?.[0] === 1;
  if (fields.has(3)) return fields.get(3)?.[0];
  if (fields.has(4)) return fields.get(4)?.[0];
  const [list] = messages(fields, 5);
  return list === undefined ? undefined : messages(list, 1).map(anyValue);
}

const attributesOf = (fields: Fields, number: number): Record<string, unknown> =>
  Object.fromEntries(messages(fields, number).map((pair) => [text(pair.get(1)?.[0]), anyValue(messages(pair, 2)[0])]));

/** Every span of an ExportTraceServiceRequest (opentelemetry-proto 1.x field numbers). */
export function readSpans(body: Uint8Array): WireSpan[] {
  return messages(fieldsOf(body), 1).flatMap((resourceSpans) => {
    const [resource] = messages(resourceSpans, 1);
    const shared = resource === undefined ? {} : attributesOf(resource, 1);
    return messages(resourceSpans, 2).flatMap((scopeSpans) => messages(scopeSpans, 2).map((span) => toSpan(span, shared)));
  });
}

function toSpan(span: Fields, resource: Readonly<Record<string, unknown>>): WireSpan {
  const [status] = messages(span, 15);
  return {
    name: text(span.get(5)?.[0]),
    traceId: hex(span.get(1)?.[0]),
    spanId: hex(span.get(2)?.[0]),
    parentSpanId: hex(span.get(4)?.[0]),
    kind: Number(span.get(6)?.[0] ?? 0),
    statusCode: Number(status?.get(3)?.[0] ?? 0),
    statusMessage: text(status?.get(2)?.[0]),
    attributes: attributesOf(span, 9),
    resource,
  };
}
