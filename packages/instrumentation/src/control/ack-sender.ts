import { setTimeout as sleep } from 'node:timers/promises';
import type { Ack, Random } from '@belay/protocol';
import { backoffMs } from '../transport/backoff.ts';
import type { ControlCalls } from './control-calls.ts';

const MAX_QUEUED = 256;
const BACKOFF = { minMs: 50, maxMs: 5000 };

/** Sends acknowledgements in order, again and again until control has them; bounded: the oldest gives way. */
export class AckSender {
  readonly #calls: Pick<ControlCalls, 'ack'>;
  readonly #random: Random;
  readonly #queue: Ack[] = [];
  #sending: Promise<void> | undefined;
  readonly #stopped = new AbortController();

  constructor(calls: Pick<ControlCalls, 'ack'>, random: Random) {
    this.#calls = calls;
    this.#random = random;
  }

  push(ack: Ack): void {
    if (this.#queue.length >= MAX_QUEUED) this.#queue.shift();
    this.#queue.push(ack);
    this.#start();
  }

  /** Resolves when nothing is left to send; never, while control does not take it. Never rejects. */
  async idle(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  /** What is queued gets one more try; nothing is sent after that. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#sending;
  }

  /** One that was pushed while the last round was ending gets a round of its own. */
  #start(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#queue.length > 0 && !this.#stopped.signal.aborted) this.#start();
    });
  }

  async #sendAll(): Promise<void> {
    for (let attempt = 0; this.#queue.length > 0; ) {
      const [ack] = this.#queue;
      if (ack === undefined || (await this.#isTaken(ack))) {
        if (this.#queue[0] === ack) this.#queue.shift();
        attempt = 0;
      } else if (this.#stopped.signal.aborted) return;
      else await this.#pause(attempt++);
    }
  }

  /** Ends early when there is no time left: a host that shuts down does not wait for the next try. */
  async #pause(attempt: number): Promise<void> {
    const options = { ref: false, signal: this.#stopped.signal };
    await sleep(backoffMs(attempt, this.#random, BACKOFF), undefined, options).catch(() => undefined);
  }

  /** True when control has it, or will never take it. */
  async #isTaken(ack: Ack): Promise<boolean> {
    try {
      const { status } = await this.#calls.ack(ack);
      return status < 500 && status !== 429 && status !== 401 && status !== 403;
    } catch {
      return false;
    }
  }
}
