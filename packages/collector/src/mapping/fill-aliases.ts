import type { EventSource } from '@belay/protocol';
import { SLOT } from '../otlp/attribute-slots.ts';
import type { KnownAttribute } from '../otlp/attributes.ts';
import type { SlotValues } from '../otlp/raw-span.ts';

type Aliases = readonly (readonly [standard: KnownAttribute, alias: KnownAttribute])[];

const LEGACY: Aliases = [
  ['providerName', 'legacyProvider'],
  ['inputTokens', 'legacyInputTokens'],
  ['outputTokens', 'legacyOutputTokens'],
];

const ALIASES: Readonly<Record<EventSource, Aliases>> = {
  belay: [],
  gen_ai: LEGACY,
  openinference: [
    ['toolName', 'openinferenceTool'],
    ['toolCallArguments', 'openinferenceInput'],
    ['toolCallResult', 'openinferenceOutput'],
    ['outputMessages', 'openinferenceOutput'],
    ['requestModel', 'openinferenceModel'],
    ['providerName', 'openinferenceProvider'],
    ['inputTokens', 'openinferenceInputTokens'],
    ['outputTokens', 'openinferenceOutputTokens'],
    ['conversationId', 'openinferenceSession'],
    ['agentName', 'openinferenceAgent'],
  ],
  traceloop: [['toolName', 'traceloopName'], ['toolCallArguments', 'traceloopInput'], ['toolCallResult', 'traceloopOutput'], ...LEGACY],
  vercel_ai: [
    ['toolName', 'vercelTool'],
    ['toolCallId', 'vercelToolCallId'],
    ['toolCallArguments', 'vercelArguments'],
    ['toolCallResult', 'vercelResult'],
    ['outputMessages', 'vercelText'],
    ['requestModel', 'vercelModel'],
    ['providerName', 'vercelProvider'],
    ['inputTokens', 'vercelInputTokens'],
    ['outputTokens', 'vercelOutputTokens'],
    ['agentName', 'vercelFunction'],
    ...LEGACY,
  ],
};

/** Writes what a convention calls by another name into the standard attribute's slot, where that one is empty. */
export function fillAliases(values: SlotValues, source: EventSource): void {
  for (const [standard, alias] of ALIASES[source]) values[SLOT[standard]] ??= values[SLOT[alias]];
}
