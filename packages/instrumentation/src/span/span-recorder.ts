import { setTimeout as sleep } from 'node:timers/promises';
import { type Attributes, type Context, context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { awakeTimer } from '../transport/awake-timer.ts';
import { holdProcess } from '../transport/process-hold.ts';
import { VERSION } from '../version.ts';
import { type Draft, describedSpan } from './draft.ts';
import type { ExportQueue } from './export-queue.ts';
import type { SpanSender } from './otlp-sender.ts';

/** Where a span of ours hangs when the host has no active span of its own. */
export interface ScopeParent {
  /** The span of the enclosing session or task. */
  readonly span: Span;
  /** The host's active span when that scope began. */
  readonly hostSpan: Span | undefined;
}

export interface SpanRecorderOptions {
  readonly queue: ExportQueue;
  readonly sender: SpanSender;
  readonly resource: Attributes;
}

/**
 * The package's own tracer provider: every span is recorded, whatever the host samples or suppresses; nothing global is read but the
 * host's active span, and nothing global is replaced.
 */
export class SpanRecorder {
  readonly #provider: TracerProvider;
  readonly #tracer: ReturnType<TracerProvider['getTracer']>;
  readonly #queue: ExportQueue;
  readonly #sender: SpanSender;
  /** Set while a span ends: the processor is called in the middle of it. */
  #draft: Draft | undefined;
  #alone = false;

  constructor({ queue, sender, resource }: SpanRecorderOptions) {
    this.#queue = queue;
    this.#sender = sender;
    this.#provider = new TracerProvider({
      sampler: new AlwaysOnSampler(),
      resource: resourceFromAttributes(resource),
      spanProcessors: [this.#processor()],
      spanLimits: { attributeCountLimit: 128 },
    });
    this.#tracer = this.#provider.getTracer('@belay/instrumentation', VERSION);
  }

  /** Starts a span under the host's active span, else under the enclosing scope, else as a root. */
  start(name: string, kind: SpanKind, attributes: Attributes, scope: ScopeParent | undefined): Span {
    return this.#tracer.startSpan(name, { kind, attributes }, parentContext(scope));
  }

  /** Ends a span; it is exported in company. */
  end(span: Span, draft?: Draft): void {
    this.#draft = draft;
    span.end();
    this.#draft = undefined;
  }

  /** Ends a span and exports it without delay. */
  endNow(span: Span, draft?: Draft): void {
    this.end(span, draft);
    this.#queue.hurry();
  }

  /**
   * Ends a span and sends it alone until the collector has acknowledged it or time is up; then it is queued like any other, so the
   * record is not lost. Never rejects.
   */
  async acknowledged(span: Span, draft: Draft, timeoutMs: number): Promise<boolean> {
    this.#alone = true;
    span.end();
    this.#alone = false;
    const readable = describedSpan(span as unknown as ReadableSpan, draft);
    const done = new AbortController();
    const release = holdProcess();
    const late = Promise.withResolvers<'late'>();
    const cancel = awakeTimer(timeoutMs, () => late.resolve('late'));
    const outcome = await Promise.race([this.#sendUntilAccepted(readable, done.signal), late.promise]);
    cancel();
    release();
    done.abort();
    if (outcome === 'late') this.#queue.push(readable);
    return outcome === 'accepted';
  }

  async #sendUntilAccepted(span: ReadableSpan, done: AbortSignal): Promise<'accepted' | 'refused'> {
    while (!done.aborted) {
      const outcome = await this.#sender.send([span]);
      if (outcome.kind === 'accepted') return outcome.understood && outcome.rejectedSpans === 0 ? 'accepted' : 'refused';
      if (outcome.kind !== 'retry') return 'refused';
      await sleep(outcome.afterMs ?? 100, undefined, { ref: false });
    }
    return 'refused';
  }

  #processor(): SpanProcessor {
    return {
      onStart: () => undefined,
      onEnd: (span) => {
        if (!this.#alone) this.#queue.push(span, this.#draft);
      },
      forceFlush: () => this.#queue.forceFlush(),
      shutdown: () => this.#queue.shutdown(),
    };
  }
}

/** The host's active span wins unless it is the one under which the scope itself began: then the scope is the closer parent. */
function parentContext(scope: ScopeParent | undefined): Context {
  const hostSpan = trace.getSpan(context.active());
  const parent = hostSpan !== undefined && hostSpan !== scope?.hostSpan ? hostSpan : (scope?.span ?? hostSpan);
  return parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
}

/** Kind of a decision span, by what is called. */
export const KIND: Readonly<{ internal: SpanKind; client: SpanKind }> = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT };
