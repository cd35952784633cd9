import { hash } from 'node:crypto';
import { type OtlpRequest, type OtlpSpan, spansOf } from './otlp-request.ts';

const ID_ATTRIBUTES: ReadonlySet<string> = new Set(['belay.reasoning.span_id', 'belay.call.retry_of']);

/**
 * Gives every trace and span a new id, the same new one wherever the old one is named (parents, links, `belay.*` references), so that a
 * file can be replayed again as new decisions. Changes the request in place.
 * @param salt another salt, other ids; the same salt, the same ids.
 */
export function renewIds(request: OtlpRequest, salt: string): void {
  for (const span of spansOf(request)) {
    renewSpan(span, salt);
    if (Array.isArray(span.links)) for (const link of span.links) if (isObject(link)) renewSpan(link, salt);
    if (Array.isArray(span.attributes)) for (const attribute of span.attributes) renewAttribute(attribute, salt);
  }
}

function renewSpan(span: OtlpSpan, salt: string): void {
  if (isId(span.traceId)) span.traceId = renewed(span.traceId, 32, salt);
  if (isId(span.spanId)) span.spanId = renewed(span.spanId, 16, salt);
  if (isId(span.parentSpanId)) span.parentSpanId = renewed(span.parentSpanId, 16, salt);
}

function renewAttribute(attribute: unknown, salt: string): void {
  if (!isObject(attribute) || !ID_ATTRIBUTES.has(String(attribute.key)) || !isObject(attribute.value)) return;
  const value = attribute.value;
  if (isId(value.stringValue)) value.stringValue = renewed(value.stringValue, 16, salt);
}

const renewed = (id: string, length: number, salt: string): string => hash('sha256', `${salt}:${id.toLowerCase()}`).slice(0, length);

const isId = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
