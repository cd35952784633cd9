import { type DecisionEvent, EVENT_MAX_BYTES, encodeEvent, preview } from '@belay/protocol';

/** A line that fits; `shrunk` when something had to go. Undefined when not even the bare event fits. */
export type FittedEvent = { readonly line: string; readonly shrunk: boolean } | undefined;

const SHORT_PREVIEW_BYTES = 256;

/** In this order: what people read, then what detectors can do without, then what they would miss. */
const STEPS: readonly ((event: DecisionEvent) => void)[] = [
  (event) => cutPreviews(event, SHORT_PREVIEW_BYTES),
  (event) => cutPreviews(event, 0),
  (event) => {
    if (event.call !== undefined) delete event.call.features;
  },
  (event) => {
    if (event.outcome !== undefined) delete event.outcome.mentions;
  },
  (event) => {
    if (event.call !== undefined) event.call.destinations = event.call.destinations.slice(0, 4);
  },
  (event) => {
    delete event.intent;
    if (event.outcome !== undefined) delete event.outcome.summary;
    delete event.approval;
  },
];

function cutPreviews(event: DecisionEvent, maxBytes: number): void {
  const { call, outcome } = event;
  if (call?.argumentsPreview !== undefined) call.argumentsPreview = preview(call.argumentsPreview, maxBytes);
  if (outcome?.resultPreview !== undefined) outcome.resultPreview = preview(outcome.resultPreview, maxBytes);
}

/** Encodes an event in at most {@link EVENT_MAX_BYTES}, taking things out of it when it is longer. */
export function fitEvent(event: DecisionEvent): FittedEvent {
  let line = encodeEvent(event);
  if (fits(line)) return { line, shrunk: false };
  for (const shrink of STEPS) {
    shrink(event);
    line = encodeEvent(event);
    if (fits(line)) return { line, shrunk: true };
  }
  return undefined;
}

/** A UTF-16 unit is at most three bytes of UTF-8, so most lines need no counting. */
const fits = (line: string): boolean => line.length * 3 <= EVENT_MAX_BYTES || Buffer.byteLength(line) <= EVENT_MAX_BYTES;
