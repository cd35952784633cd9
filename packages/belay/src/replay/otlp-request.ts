/** The parts of an OTLP/JSON trace export that replaying touches; everything else passes through unread. */
export interface OtlpSpan {
  traceId?: unknown;
  spanId?: unknown;
  parentSpanId?: unknown;
  endTimeUnixNano?: unknown;
  attributes?: unknown;
  links?: unknown;
}

export interface OtlpRequest {
  resourceSpans: { scopeSpans?: { spans?: OtlpSpan[] }[] }[];
}

/** Reads one line; says why when it is no trace export. Never throws. */
export function parseOtlpLine(text: string): { request: OtlpRequest } | { malformed: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { malformed: `not JSON: ${error instanceof Error ? error.message : 'unreadable'}` };
  }
  if (typeof value !== 'object' || value === null) return { malformed: 'not an object' };
  if (!('resourceSpans' in value)) return { malformed: 'no resourceSpans: not an OTLP/JSON trace export' };
  return Array.isArray(value.resourceSpans) ? { request: value as OtlpRequest } : { malformed: 'resourceSpans is not a list' };
}

/** Every span of a request, in order. Skips what has not the shape. */
export function* spansOf(request: OtlpRequest): Generator<OtlpSpan> {
  for (const resource of request.resourceSpans) {
    for (const scope of listOf(resource?.scopeSpans)) {
      for (const span of listOf(scope?.spans)) {
        if (typeof span === 'object' && span !== null) yield span;
      }
    }
  }
}

/** Latest end of a request, µs; undefined when no span has one. */
export function latestEndUs(request: OtlpRequest): number | undefined {
  let latest: number | undefined;
  for (const span of spansOf(request)) {
    const end = nanosToUs(span.endTimeUnixNano);
    if (end !== undefined && (latest === undefined || end > latest)) latest = end;
  }
  return latest;
}

function nanosToUs(nanos: unknown): number | undefined {
  if (typeof nanos === 'number' && Number.isFinite(nanos)) return Math.round(nanos / 1000);
  return typeof nanos === 'string' && /^\d{4,22}$/.test(nanos) ? Number(nanos.slice(0, -3)) : undefined;
}

const listOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);
