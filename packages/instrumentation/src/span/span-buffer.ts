import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Finished spans in order, bounded by number and by estimated bytes; the oldest gives way and is counted. */
export interface SpanBuffer {
  push(span: ReadableSpan): void;
  /** Takes up to `max` of the oldest; they still count against the bound until released or put back. */
  take(max: number): ReadableSpan[];
  putBack(spans: readonly ReadableSpan[]): void;
  /** Forgets taken spans; `lost` of them are counted as dropped. */
  release(spans: readonly ReadableSpan[], lost: number): void;
  /** Spans held, taken ones included. */
  readonly size: number;
  readonly dropped: number;
}

/** A span without its attribute texts: names, ids, times, small numbers. */
const BASE_BYTES = 1500;
/** One request stays well under what collectors take. */
const BATCH_BYTES = 1_000_000;

export function createSpanBuffer({ maxSpans, maxBytes }: { readonly maxSpans: number; readonly maxBytes: number }): SpanBuffer {
  let waiting: ReadableSpan[] = [];
  let bytes = 0;
  let taken = 0;
  let dropped = 0;
  const bound = (): void => {
    while (waiting.length > 0 && (waiting.length + taken > maxSpans || bytes > maxBytes)) {
      bytes -= sizeOf(waiting.shift());
      dropped += 1;
    }
  };
  return {
    push(span) {
      waiting.push(span);
      bytes += sizeOf(span);
      if (waiting.length + taken > maxSpans || bytes > maxBytes) bound();
    },
    take(max) {
      let end = 0;
      for (let batch = 0; end < Math.min(max, waiting.length) && (end === 0 || batch < BATCH_BYTES); end += 1)
        batch += sizeOf(waiting[end]);
      const spans = waiting.slice(0, end);
      waiting = waiting.slice(end);
      taken += spans.length;
      return spans;
    },
    putBack(spans) {
      taken -= spans.length;
      waiting = [...spans, ...waiting];
      bound();
    },
    release(spans, lost) {
      taken -= spans.length;
      for (const span of spans) bytes -= sizeOf(span);
      dropped += Math.min(lost, spans.length);
    },
    get size() {
      return waiting.length + taken;
    },
    get dropped() {
      return dropped;
    },
  };
}

function sizeOf(span: ReadableSpan | undefined): number {
  if (span === undefined) return 0;
  let bytes = BASE_BYTES;
  for (const key in span.attributes) {
    const value = span.attributes[key];
    if (typeof value === 'string') bytes += value.length;
    else if (Array.isArray(value)) bytes += value.length * 64;
  }
  return bytes;
}
