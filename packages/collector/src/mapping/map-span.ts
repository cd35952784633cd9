import type { BindingBreach, DecisionEvent, EventKind } from '@belay/protocol';
import { SLOT } from '../otlp/attribute-slots.ts';
import { MICROS_MAX } from '../otlp/nanoseconds.ts';
import type { RawSpan, SlotValues } from '../otlp/raw-span.ts';
import { classifySpan, type SpanClass } from './classify-span.ts';
import { readArguments, readContent, textForRecord } from './content.ts';
import { fillAliases } from './fill-aliases.ts';
import { mapCall } from './map-call.ts';
import { addWhereabouts, agentOf } from './map-identity.ts';
import { mapOutcome } from './map-outcome.ts';
import { addAccounts, addPolicy } from './map-policy.ts';
import type { MappingOptions } from './mapping-options.ts';
import { readModelOutput } from './model-output.ts';
import { cut, readText } from './read-value.ts';

/** Why a span that is a decision was not taken. Stable words: they are labels of a metric and stand in OTLP's partial success. */
export type RejectReason =
  | 'no_agent_id'
  | 'bad_agent_id'
  | BindingBreach
  | 'bad_trace_id'
  | 'bad_span_id'
  | 'too_many_attributes'
  | 'event_too_large'
  | 'unmappable';

/** Who sent it and when it came. */
export interface MappingContext {
  /** From the caller's credential, never from the payload. */
  readonly tenant: string;
  /** Collector's clock, µs. */
  readonly receivedUs: number;
}

/** `transport`: the span is an MCP client's view of a call, which may have an outer `execute_tool` span of the same decision. */
export type MappedSpan = { readonly event: DecisionEvent; readonly transport: boolean } | { readonly reason: RejectReason } | undefined;

/**
 * A span → its decision event; undefined when it is no decision. May write aliases into the span's values; keeps nothing of it.
 * Never throws: a span that breaks the mapping is `unmappable`, and its neighbours are not.
 */
export function mapSpan(span: RawSpan, resource: SlotValues, context: MappingContext, options: MappingOptions): MappedSpan {
  try {
    return map(span, resource, context, options);
  } catch {
    return { reason: 'unmappable' };
  }
}

function map(span: RawSpan, resource: SlotValues, context: MappingContext, options: MappingOptions): MappedSpan {
  const found = classifySpan(span);
  if (found === undefined) return undefined;
  if (span.traceId === '' || ZEROS.test(span.traceId)) return { reason: 'bad_trace_id' };
  if (span.spanId === '' || ZEROS.test(span.spanId)) return { reason: 'bad_span_id' };
  if (span.attributeCount > options.maxAttributes) return { reason: 'too_many_attributes' };
  fillAliases(span.values, found.source);
  const identity = agentOf(span.values, resource, found.kind === 'agent' && found.source !== 'belay');
  if ('reason' in identity) return identity;
  const event = baseEvent(span, found, context, identity.agent);
  addWhereabouts(event, span.values, resource);
  addReasoning(event, span.values, options);
  addAction(event, span, options);
  addPolicy(event, span.values);
  addAccounts(event, span.values);
  return { event, transport: span.values[SLOT.mcpMethodName] === 'tools/call' && span.kind === CLIENT };
}

const CLIENT = 3;
const ZEROS = /^0+$/;

function baseEvent(span: RawSpan, found: SpanClass, context: MappingContext, agent: DecisionEvent['agent']): DecisionEvent {
  const trace: DecisionEvent['trace'] = { traceId: span.traceId, spanId: span.spanId };
  if (span.parentSpanId !== '') trace.parentSpanId = span.parentSpanId;
  const startUs = Math.min(span.startUs, MICROS_MAX);
  return {
    v: 1,
    id: `${span.traceId}:${span.spanId}`,
    tenant: context.tenant,
    agent,
    kind: found.kind,
    startUs,
    durationUs: Math.max(0, span.endUs - startUs),
    receivedUs: context.receivedUs,
    source: found.source,
    trace,
  };
}

function addReasoning(event: DecisionEvent, values: SlotValues, options: MappingOptions): void {
  const intent = readText(values[SLOT.intent], 1024);
  if (intent !== undefined) event.intent = cut(textForRecord(intent, options.previews), 1024);
  const reasoningSpanId = readText(values[SLOT.reasoningSpanId], 64);
  if (reasoningSpanId !== undefined) event.reasoningSpanId = reasoningSpanId;
}

/** Call and outcome, by kind: a proposal has no outcome yet, a marker only a status. */
function addAction(event: DecisionEvent, span: RawSpan, options: MappingOptions): void {
  const { values } = span;
  const { kind } = event;
  if (kind === 'tool' || kind === 'proposal') {
    event.call = mapCall(nameOf(span, SLOT.toolName), values, readArguments(values[SLOT.toolCallArguments]), options);
  } else if (kind === 'agent') {
    event.call = mapCall(calleeOf(span, event), values, readArguments(values[SLOT.toolCallArguments]), options);
    if (event.call.destinations.length === 0) event.call.destinations = [cut(`agent:${event.call.name}`, 512)];
  }
  if (kind !== 'proposal') event.outcome = mapOutcome(kind, span, resultOf(kind, values), options);
}

const resultOf = (kind: EventKind, values: SlotValues): ReturnType<typeof readContent> =>
  kind === 'model' ? readModelOutput(values[SLOT.outputMessages]) : readContent(values[SLOT.toolCallResult]);

/** The attribute, else what the span's name says after its verb: `execute_tool search` → `search`. */
function nameOf(span: RawSpan, slot: number): string {
  const space = span.name.indexOf(' ');
  return readText(span.values[slot], 256) ?? (space < 0 ? undefined : readText(span.name.slice(space + 1).trim(), 256)) ?? '(unnamed)';
}

/** Whom a hand-over goes to. Our spans name the caller in `gen_ai.agent.*` and the callee in their name; others the callee in both. */
function calleeOf(span: RawSpan, event: DecisionEvent): string {
  const { values } = span;
  if (event.source === 'belay') return nameOf(span, SLOT.toolName);
  return readText(values[SLOT.agentName] ?? values[SLOT.agentId], 256) ?? nameOf(span, SLOT.toolName);
}
