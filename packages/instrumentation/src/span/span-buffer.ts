import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type Draft, describedSpan } from './draft.ts';

/** A finished span in the queue; described when it is taken, once. */
interface Entry {
  span: ReadableSpan;
  draft: Draft | undefined;
  bytes: number;
}

/** Finished spans in order, bounded by number and by estimated bytes; the oldest gives way and is counted. */
export interface SpanBuffer {
  push(span: ReadableSpan, draft?: Draft): void;
  /** Takes up to `max` of the oldest; they count against the bound until released or put back. One batch at a time. */
  take(max: number): ReadableSpan[];
  /** Puts the taken spans back where they were. */
  putBack(): void;
  /** Forgets the taken spans; `lost` of them are counted as dropped. */
  release(lost: number): void;
  /** Spans held, taken ones included. */
  readonly size: number;
  readonly dropped: number;
}

/** A span without its attribute texts: names, ids, times, small numbers. */
const BASE_BYTES = 1500;
/** One request stays well under what collectors take. */
const BATCH_BYTES = 1_000_000;
/** Larger snapshots are described at once, so that the queue holds what will be sent and not what it was made from. */
const SNAPSHOT_MAX_BYTES = 8000;

export function createSpanBuffer({ maxSpans, maxBytes }: { readonly maxSpans: number; readonly maxBytes: number }): SpanBuffer {
  let waiting: Entry[] = [];
  let taken: Entry[] = [];
  let bytes = 0;
  let dropped = 0;
  const bound = (): void => {
    while (waiting.length > 0 && (waiting.length + taken.length > maxSpans || bytes > maxBytes)) {
      bytes -= waiting.shift()?.bytes ?? 0;
      dropped += 1;
    }
  };
  return {
    push(span, draft) {
      const entry: Entry = { span, draft, bytes: BASE_BYTES + (draft?.bytes ?? 0) };
      if (entry.bytes > SNAPSHOT_MAX_BYTES) describe(entry);
      waiting.push(entry);
      bytes += entry.bytes;
      if (waiting.length + taken.length > maxSpans || bytes > maxBytes) bound();
    },
    take(max) {
      let end = 0;
      for (let batch = 0; end < Math.min(max, waiting.length) && (end === 0 || batch < BATCH_BYTES); end += 1) {
        const entry = waiting[end];
        if (entry === undefined) break;
        bytes -= entry.bytes;
        describe(entry);
        bytes += entry.bytes;
        batch += entry.bytes;
      }
      taken = waiting.slice(0, end);
      waiting = waiting.slice(end);
      return taken.map((entry) => entry.span);
    },
    putBack() {
      waiting = [...taken, ...waiting];
      taken = [];
      bound();
    },
    release(lost) {
      for (const entry of taken) bytes -= entry.bytes;
      dropped += Math.min(lost, taken.length);
      taken = [];
    },
    get size() {
      return waiting.length + taken.length;
    },
    get dropped() {
      return dropped;
    },
  };
}

function describe(entry: Entry): void {
  if (entry.draft === undefined) return;
  entry.span = describedSpan(entry.span, entry.draft);
  entry.draft = undefined;
  entry.bytes = sizeOf(entry.span);
}

function sizeOf(span: ReadableSpan): number {
  let bytes = BASE_BYTES;
  for (const key in span.attributes) {
    const value = span.attributes[key];
    if (typeof value === 'string') bytes += value.length;
    else if (Array.isArray(value)) bytes += value.length * 64;
  }
  return bytes;
}
