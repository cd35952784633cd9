import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@belay/protocol';
import { awakeTimer } from '../transport/awake-timer.ts';
import { backoffMs } from '../transport/backoff.ts';
import type { ControlCalls } from './control-calls.ts';
import type { ControlTimes } from './control-times.ts';
import { readEvents } from './read-events.ts';
import type { Channel } from './state-receiver.ts';

export interface ControlLinkOptions {
  readonly calls: Pick<ControlCalls, 'stream' | 'poll'>;
  readonly random: Random;
  /** Takes a state; true when it was verified and belongs to this channel. */
  readonly onState: (text: string, channel: Channel) => Promise<boolean>;
  /** A verified channel came up or went down. */
  readonly onContact: (connected: boolean) => void;
  /** The epoch in force, undefined before the first. */
  readonly epoch: () => number | undefined;
  readonly times: Pick<ControlTimes, 'firstStateMs' | 'silenceMs'>;
}

const BACKOFF = { minMs: 50, maxMs: 5000 };
const POLL_WAIT_MS = 10_000;
/** Polls before the stream is tried again. */
const POLLS_IN_A_ROW = 6;

/** Keeps one channel to control open for ever: the stream, and long polls where streams do not come through. */
export class ControlLink {
  readonly #options: ControlLinkOptions;
  readonly #stop = new AbortController();
  #lastEventId: string | undefined;
  #stream: AbortController | undefined;

  constructor(options: ControlLinkOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
    this.#stream?.abort();
  }

  /** Opens a new channel at once: something was missed. */
  reopen(): void {
    this.#stream?.abort();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      const came = (await this.#streamOnce()) || (await this.#pollFor(POLLS_IN_A_ROW));
      failures = came ? 0 : failures + 1;
      await sleep(backoffMs(failures, this.#options.random, BACKOFF), undefined, { ref: false, signal: this.#stop.signal }).catch(
        () => undefined,
      );
    }
  }

  /** One stream from its opening to its end; true when a verified state came over it. */
  async #streamOnce(): Promise<boolean> {
    const channel: Channel = { nonce: randomUUID(), proven: false };
    const connection = new AbortController();
    const { firstStateMs, silenceMs } = this.#options.times;
    this.#stream = connection;
    let callOff = abortAfter(connection, firstStateMs);
    try {
      const response = await this.#options.calls.stream({
        nonce: channel.nonce,
        lastEventId: this.#lastEventId,
        signal: connection.signal,
      });
      for await (const { event, data, id } of readEvents(response)) {
        const good = event === 'state' ? await this.#options.onState(data, channel) : channel.proven;
        if (!good && event === 'state' && !channel.proven) break;
        if (!good) continue;
        this.#lastEventId = id ?? this.#lastEventId;
        this.#options.onContact(true);
        callOff();
        callOff = abortAfter(connection, silenceMs);
      }
    } catch {
      // the link is down; the loop opens it again
    } finally {
      callOff();
      connection.abort();
      if (channel.proven) this.#options.onContact(false);
    }
    return channel.proven;
  }

  async #pollFor(times: number): Promise<boolean> {
    let came = false;
    for (let i = 0; i < times && !this.#stop.signal.aborted; i += 1) {
      const good = await this.#pollOnce(came ? POLL_WAIT_MS : 0);
      if (good !== came) this.#options.onContact(good);
      if (!good) return came;
      came = true;
    }
    if (came) this.#options.onContact(false);
    return came;
  }

  async #pollOnce(waitMs: number): Promise<boolean> {
    const channel: Channel = { nonce: randomUUID(), proven: false };
    try {
      const reply = await this.#options.calls.poll({ nonce: channel.nonce, epoch: this.#options.epoch(), waitMs });
      return reply.status === 200 && (await this.#options.onState(reply.body.toString('utf8'), channel));
    } catch {
      return false;
    }
  }
}

function abortAfter(connection: AbortController, ms: number): () => void {
  return awakeTimer(ms, () => connection.abort());
}
