import type { EventKind, EventSource } from '@belay/protocol';
import { SLOT } from '../otlp/attribute-slots.ts';
import type { RawSpan } from '../otlp/raw-span.ts';

/** What a span is to Belay. */
export interface SpanClass {
  readonly kind: EventKind;
  readonly source: EventSource;
}

const SERVER = 2;
const CLIENT = 3;

/**
 * The kind of decision that a span stands for, undefined when it is none (an HTTP client span, say). A server's view of a call is none
 * either: the agent that made the call reports it.
 */
export function classifySpan(span: RawSpan): SpanClass | undefined {
  const operation = span.values[SLOT.operationName];
  if (typeof operation === 'string') return genAi(span, operation);
  if (span.values[SLOT.mcpMethodName] === 'tools/call') return span.kind === SERVER ? undefined : { kind: 'tool', source: 'gen_ai' };
  return openinference(span) ?? traceloop(span) ?? vercel(span);
}

function genAi(span: RawSpan, operation: string): SpanClass | undefined {
  const kind = genAiKind(span, operation);
  if (kind === undefined) return vercel(span);
  const ours = span.values[SLOT.runId] !== undefined || span.values[SLOT.decisionSeq] !== undefined;
  return { kind, source: ours ? 'belay' : 'gen_ai' };
}

/** The same call fields under the same operation, told apart by the span's name (docs/contracts.md §2.1). */
const isProposal = (span: RawSpan): boolean => span.name.startsWith('propose ');

function genAiKind(span: RawSpan, operation: string): EventKind | undefined {
  switch (operation) {
    case 'execute_tool':
      if (span.kind === SERVER) return undefined;
      return isProposal(span) ? 'proposal' : 'tool';
    case 'propose':
      return 'proposal';
    case 'chat':
    case 'text_completion':
    case 'generate_content':
      return 'model';
    case 'invoke_agent':
      if (isProposal(span)) return 'proposal';
      if (span.kind === CLIENT) return 'agent';
      return span.kind === SERVER ? undefined : 'session_end';
    case 'invoke_workflow':
      return 'task_end';
    case 'end_run':
      return 'run_end';
    default:
      return undefined;
  }
}

function openinference(span: RawSpan): SpanClass | undefined {
  const kind = span.values[SLOT.openinferenceKind];
  if (kind === 'TOOL') return { kind: 'tool', source: 'openinference' };
  return kind === 'LLM' ? { kind: 'model', source: 'openinference' } : undefined;
}

function traceloop(span: RawSpan): SpanClass | undefined {
  if (span.values[SLOT.traceloopKind] === 'tool') return { kind: 'tool', source: 'traceloop' };
  const request = span.values[SLOT.traceloopRequestType];
  return request === 'chat' || request === 'completion' ? { kind: 'model', source: 'traceloop' } : undefined;
}

// ai.generateText and ai.streamText wrap the calls below and would count each model call twice.
const VERCEL_MODEL_CALL = /^ai\.(?:generate|stream)(?:Text|Object)\.do(?:Generate|Stream)$/;

function vercel(span: RawSpan): SpanClass | undefined {
  const operation = span.values[SLOT.vercelOperation];
  if (operation === 'ai.toolCall') return { kind: 'tool', source: 'vercel_ai' };
  return typeof operation === 'string' && VERCEL_MODEL_CALL.test(operation) ? { kind: 'model', source: 'vercel_ai' } : undefined;
}
