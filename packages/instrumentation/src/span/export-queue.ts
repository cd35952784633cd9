import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Random } from '@belay/protocol';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { backoffMs } from '../transport/backoff.ts';
import type { Draft } from './draft.ts';
import type { SendOutcome, SpanSender } from './otlp-sender.ts';
import { createSpanBuffer, type SpanBuffer } from './span-buffer.ts';

export interface ExportQueueOptions {
  readonly sender: SpanSender;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly exportDelayMs: number;
  readonly maxQueuedSpans: number;
  readonly maxQueuedBytes: number;
  /** How long the end waits for a collector that does not take what is left. */
  readonly exitFlushMs: number;
}

const BACKOFF = { minMs: 100, maxMs: 5000 };
const BATCH_SPANS = 256;
/** The rest of `exitFlushMs` is for saying what was lost, before the process is let go. */
const EXIT_SHARE = 0.9;

/**
 * Bounded queue in front of the collector: one request at a time, in order; what cannot be sent is kept and tried again, the oldest is
 * dropped and counted when the bound is reached. Its timers never keep the process alive.
 */
export class ExportQueue {
  readonly #options: ExportQueueOptions;
  readonly #buffer: SpanBuffer;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #attempt = 0;
  #notBeforeUs = 0;
  #warned = false;
  #away = 'there was no time for another try';

  constructor(options: ExportQueueOptions) {
    this.#options = options;
    this.#buffer = createSpanBuffer({ maxSpans: options.maxQueuedSpans, maxBytes: options.maxQueuedBytes });
  }

  /** Spans lost so far: dropped for want of room, or refused by the collector. */
  get droppedSpans(): number {
    return this.#buffer.dropped;
  }

  get queuedSpans(): number {
    return this.#buffer.size;
  }

  /** Queues a finished span, to be described by its draft when it is sent. */
  push(span: ReadableSpan, draft?: Draft): void {
    this.#buffer.push(span, draft);
    if (this.#buffer.size >= BATCH_SPANS) this.#schedule(0);
    else this.#schedule(this.#options.exportDelayMs);
  }

  /** Exports what is queued in this turn of the event loop, without waiting for company. */
  hurry(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#schedule(0);
  }

  /** One more attempt now; resolves when the queue is empty, or when that attempt failed. Never rejects. */
  async forceFlush(): Promise<void> {
    await this.#draining;
    this.#notBeforeUs = 0;
    await this.#drain();
  }

  /**
   * Tries until the collector has everything, for `exitFlushMs` at most beside an attempt in hand. What is left then is counted as dropped,
   * and said: nothing is lost in silence. Never rejects.
   */
  async shutdown(): Promise<void> {
    const { clock, random, exitFlushMs, logger } = this.#options;
    const untilUs = clock.monotonicUs() + exitFlushMs * EXIT_SHARE * 1000;
    await this.forceFlush();
    for (let attempt = 0; this.#buffer.size > 0 && clock.monotonicUs() < untilUs; attempt += 1) {
      await sleep(Math.min(backoffMs(attempt, random, BACKOFF), Math.ceil((untilUs - clock.monotonicUs()) / 1000)), undefined, {
        ref: false,
      });
      await this.forceFlush();
    }
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    const lost = this.#buffer.size;
    while (this.#buffer.size > 0) this.#buffer.release(this.#buffer.take(BATCH_SPANS).length);
    if (lost > 0) logger.warn(`${lost} span(s) were not delivered before the end (${this.#away}) and are lost.`);
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#draining !== undefined || this.#buffer.size === 0) return;
    const pausedMs = Math.max(0, this.#notBeforeUs - this.#options.clock.monotonicUs()) / 1000;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#drain();
      },
      Math.max(delayMs, pausedMs),
    );
    this.#timer.unref();
  }

  #drain(): Promise<void> {
    this.#draining ??= this.#sendAll().finally(() => {
      this.#draining = undefined;
      this.#schedule(this.#options.exportDelayMs);
    });
    return this.#draining;
  }

  async #sendAll(): Promise<void> {
    let limit = BATCH_SPANS;
    while (this.#buffer.size > 0) {
      const batch = this.#buffer.take(limit);
      const outcome = await this.#options.sender.send(batch);
      if (outcome.kind === 'too_large' && batch.length > 1) {
        this.#buffer.putBack();
        limit = Math.ceil(batch.length / 2);
      } else if (outcome.kind === 'retry') {
        this.#buffer.putBack();
        this.#pause(outcome);
        return;
      } else this.#settle(batch.length, outcome);
    }
  }

  #settle(sent: number, outcome: Exclude<SendOutcome, { kind: 'retry' }>): void {
    const lost = outcome.kind === 'accepted' ? outcome.rejectedSpans : sent;
    this.#buffer.release(lost);
    this.#attempt = 0;
    if (lost === 0) return;
    const why =
      outcome.kind === 'too_large'
        ? 'a span is larger than the collector takes'
        : (outcome.reason ?? 'no reason given').replace(/[.\s]+$/, '');
    this.#warnOnce(`${lost} span(s) were refused by the collector: ${why}. They are counted as dropped.`);
  }

  #pause(outcome: Extract<SendOutcome, { kind: 'retry' }>): void {
    const waitMs = outcome.afterMs ?? backoffMs(this.#attempt, this.#options.random, BACKOFF);
    this.#attempt += 1;
    this.#away = outcome.reason;
    this.#notBeforeUs = this.#options.clock.monotonicUs() + waitMs * 1000;
    if (this.#attempt === 3)
      this.#warnOnce(`The collector cannot be reached (${outcome.reason}); decisions are kept, bounded, and sent later.`);
  }

  #warnOnce(message: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#options.logger.warn(message);
  }
}
