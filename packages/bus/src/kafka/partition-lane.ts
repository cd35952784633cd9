import type { OutgoingMessage } from '../bus.ts';
import { messageBytes } from '../message-size.ts';

/** Most bytes of one request to one partition: below the 1,048,588 that a broker takes by default, batch headers included. */
const REQUEST_BYTES = 900_000;

/** Messages of one publish call that go to one partition. */
interface Parcel {
  readonly messages: readonly OutgoingMessage[];
  readonly settle: (error?: unknown) => void;
  next: number;
  failed: boolean;
}

/** Sends to one partition: one request in flight, and what arrives meanwhile goes together in the next. */
export interface PartitionLane {
  /** Resolves when all are acknowledged. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
}

class Lane implements PartitionLane {
  readonly #transmit: (messages: readonly OutgoingMessage[]) => Promise<void>;
  readonly #parcels: Parcel[] = [];
  #sending = false;

  constructor(transmit: (messages: readonly OutgoingMessage[]) => Promise<void>) {
    this.#transmit = transmit;
  }

  send(messages: readonly OutgoingMessage[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parcels.push({ messages, settle: (error) => (error === undefined ? resolve() : reject(error)), next: 0, failed: false });
      if (this.#sending) return;
      this.#sending = true;
      queueMicrotask(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    for (let load = this.#load(); load.messages.length > 0; load = this.#load()) {
      try {
        await this.#transmit(load.messages);
        for (const parcel of load.finished) parcel.settle();
      } catch (error) {
        for (const parcel of load.touched) {
          parcel.failed = true;
          parcel.settle(error);
        }
      }
    }
    this.#sending = false;
  }

  /** Takes from the front of the queue what fits into one request; at least one message. */
  #load(): { messages: OutgoingMessage[]; touched: Set<Parcel>; finished: Parcel[] } {
    const messages: OutgoingMessage[] = [];
    const touched = new Set<Parcel>();
    const finished: Parcel[] = [];
    let bytes = 0;
    for (let parcel = this.#parcels[0]; parcel !== undefined; parcel = this.#parcels[0]) {
      const message = parcel.failed ? undefined : parcel.messages[parcel.next];
      if (message === undefined) {
        this.#parcels.shift();
        if (!parcel.failed) finished.push(parcel);
        continue;
      }
      bytes += messageBytes(message);
      if (messages.length > 0 && bytes > REQUEST_BYTES) break;
      messages.push(message);
      touched.add(parcel);
      parcel.next += 1;
    }
    return { messages, touched, finished };
  }
}

export const createPartitionLane = (transmit: (messages: readonly OutgoingMessage[]) => Promise<void>): PartitionLane => new Lane(transmit);
