import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * What is still to be written on a span that has ended. Describing a decision (digests, features, destinations, redaction) costs more
 * than the decision's own span, so it is done when the span is exported, from snapshots taken when it happened, and not while the agent
 * waits.
 */
export interface Draft {
  /** The attributes that the span lacks. MUST depend on snapshots alone: the host may have changed its objects since. */
  readonly describe: () => Attributes;
  /** Memory that the snapshots hold, bytes. */
  readonly bytes: number;
}

/** The span with its description: the same span to whoever reads it. */
export function describedSpan(span: ReadableSpan, draft: Draft | undefined): ReadableSpan {
  if (draft === undefined) return span;
  const attributes = { ...span.attributes, ...withoutUndefined(draft.describe()) };
  return Object.create(span, { attributes: { value: attributes, enumerable: true } }) as ReadableSpan;
}

function withoutUndefined(attributes: Attributes): Attributes {
  for (const key in attributes) if (attributes[key] === undefined) delete attributes[key];
  return attributes;
}
