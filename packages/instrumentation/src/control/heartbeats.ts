import type { Heartbeat, Random } from '@belay/protocol';
import type { ControlCalls } from './control-calls.ts';

/** What the run says of itself; epoch and absence are added by the client. */
export type RunReport = Omit<Heartbeat, 'epoch' | 'unprotectedSinceUs'>;

export interface HeartbeatsOptions {
  readonly calls: Pick<ControlCalls, 'heartbeat'>;
  readonly random: Random;
  readonly intervalMs: number;
  readonly report: () => Heartbeat;
  /** Control's newest epoch for this agent. */
  readonly onEpoch: (epoch: number) => void;
}

/** Reports that the run is alive, regularly and at once on a change; one request at a time, the newest facts win. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  start(): void {
    this.beatNow();
  }

  beatNow(): void {
    if (this.#stopped) return;
    if (this.#sending !== undefined) {
      this.#again = true;
      return;
    }
    this.#again = false;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined;
      this.#next();
    });
  }

  /** Resolves when the newest facts have been sent, or the attempt failed. Never rejects. */
  async idle(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  /** One last heartbeat, then none. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    await this.#sending;
    await this.#send();
  }

  #next(): void {
    if (this.#stopped) return;
    if (this.#again) {
      this.beatNow();
      return;
    }
    const jitter = 0.9 + 0.2 * this.#options.random.next();
    this.#timer = setTimeout(() => this.beatNow(), this.#options.intervalMs * jitter);
    this.#timer.unref();
  }

  async #send(): Promise<void> {
    try {
      const reply = await this.#options.calls.heartbeat(this.#options.report());
      if (reply.status === 200) this.#options.onEpoch(epochIn(reply.body.toString('utf8')));
    } catch {
      // the next heartbeat says the same; the link tells whether control is away
    }
  }
}

function epochIn(text: string): number {
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && 'epoch' in body && Number.isSafeInteger(body.epoch) ? Number(body.epoch) : -1;
}
