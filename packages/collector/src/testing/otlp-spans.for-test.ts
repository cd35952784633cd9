import type { Json } from '@belay/protocol';

/** Attributes as a plain object: text, integers (numbers), doubles ({ double }), booleans, lists and maps. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface SpanOverrides {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  name?: string;
  kind?: number;
  startTimeUnixNano?: unknown;
  endTimeUnixNano?: unknown;
  status?: unknown;
  events?: unknown;
}

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const SPAN_ID = 'b7ad6b7169203331';

/** An OTLP/JSON attribute value. */
export function anyValue(value: unknown): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: keyValues(value as Attributes) as Json[] } };
}

export const keyValues = (attributes: Attributes): { key: string; value: Json }[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

/** A span of OTLP/JSON, by default of kind internal, one second long, with well-formed ids. */
export const span = (attributes: Attributes, overrides: SpanOverrides = {}): Record<string, unknown> => ({
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  name: 'execute_tool search',
  kind: 1,
  startTimeUnixNano: '1767600000500000000',
  endTimeUnixNano: '1767600001500000000',
  attributes: keyValues(attributes),
  status: {},
  ...overrides,
});

export const toolSpan = (attributes: Attributes = {}, overrides: SpanOverrides = {}): Record<string, unknown> =>
  span({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search', 'gen_ai.agent.id': 'billing-7', ...attributes }, overrides);

/** An ExportTraceServiceRequest in OTLP/JSON. */
export const request = (spans: readonly unknown[], resource: Attributes = { 'service.name': 'svc' }): Record<string, unknown> => ({
  resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: { name: 'test' }, spans }] }],
});

export const spanIdOf = (number: number): string => (number + 1).toString(16).padStart(16, '0');
