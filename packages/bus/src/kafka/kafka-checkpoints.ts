import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { BelayError, TOPICS } from '@belay/protocol';
import type { CompressionTypes, Message, Producer } from 'kafkajs';
import type { CheckpointSource, CheckpointWriter, Snapshot } from '../bus.ts';
import { assertSnapshotKey, OWNER_KEY, POSITION_KEY, statePrefix } from '../state-key.ts';
import { type NewKafkaClient, SEND_RETRY } from './kafka-client.ts';
import { hasType, isFencedByBroker, kafkaToBelayError } from './kafka-errors.ts';
import type { KafkaNames } from './kafka-names.ts';
import { kafkajs } from './kafkajs.ts';
import { type ReadTo, readPartition } from './partition-reader.ts';
import { SnapshotAssembly, type SnapshotPart, SnapshotParts } from './snapshot-parts.ts';

/**
 * What a dead writer has left open is ended by its successor, else by the broker after this. A checkpoint takes milliseconds, but one of 10,000 agents 3 to 8 s
 * (docs/adr/006-detector-state-and-restarts.md), and one that the broker ends on the way could never be stored.
 */
const TRANSACTION_TIMEOUT_MS = 60_000;
const OPEN_ATTEMPTS = 8;
const OPEN_PAUSE_MS = 50;
/** The broker finishes a transaction after it has answered: a new one is refused for some milliseconds (CONCURRENT_TRANSACTIONS). */
const RETRY = { ...SEND_RETRY, initialRetryTime: 5, retries: 30 };
/** Messages per request inside a transaction, by bytes: see partition-lane.ts. */
const REQUEST_BYTES = 900_000;

/** What checkpoints on Kafka need of their bus. */
export interface KafkaRoom {
  readonly newClient: NewKafkaClient;
  readonly names: KafkaNames;
  readonly compression: CompressionTypes;
  readonly nowUs: () => number;
}

/** Committed state of one source, with the token of the writer that owns it. */
export interface KafkaState {
  readonly snapshots: Map<string, Uint8Array>;
  readonly nextOffset: bigint | undefined;
  readonly owner: string | undefined;
}

export async function readKafkaState(room: KafkaRoom, source: CheckpointSource, readTo: ReadTo = 'end'): Promise<KafkaState> {
  const prefix = statePrefix(source);
  const assembly = new SnapshotAssembly();
  const place = { topic: room.names.topic(TOPICS.detectorState), partition: source.partition, readTo };
  await readPartition(room.newClient(), place, (message) => {
    const name = message.key?.toString() ?? '';
    if (name.startsWith(prefix)) assembly.take(name.slice(prefix.length), message);
  });
  const snapshots = assembly.snapshots();
  const textOf = (key: string): string | undefined => {
    const value = snapshots.get(key);
    snapshots.delete(key);
    return value === undefined ? undefined : Buffer.from(value).toString();
  };
  const position = textOf(POSITION_KEY);
  return { snapshots, nextOffset: position === undefined ? undefined : BigInt(position), owner: textOf(OWNER_KEY) };
}

function* requests(messages: readonly Message[]): Generator<Message[]> {
  let request: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.key ?? '') + (message.value === null ? 0 : message.value.length) + 64;
    if (request.length > 0 && bytes + size > REQUEST_BYTES) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(message);
    bytes += size;
  }
  yield request;
}

const COORDINATOR_MOVING = new Set(['GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);
const CONTENDED = new Set(['CONCURRENT_TRANSACTIONS']);
const COORDINATOR_TRIES = 20;
const COORDINATOR_PAUSE_MS = 250;

/** A fresh or moving group has no coordinator for a moment. Waiting inside the transaction is cheaper than a new one, and far below its time-out. */
async function whenCoordinated(send: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (!hasType(error, COORDINATOR_MOVING) || tries === COORDINATOR_TRIES) throw error;
      await setTimeout(COORDINATOR_PAUSE_MS);
    }
  }
}

/**
 * The writer's identity is a token on the log, written in the first transaction. When a transaction fails without a clear outcome, the writer
 * takes a new producer id only if the token is still its own: re-initialising blindly would fence the member that has taken over.
 */
class TransactionalWriter implements CheckpointWriter {
  readonly #room: KafkaRoom;
  readonly #source: CheckpointSource;
  readonly #prefix: string;
  readonly #token = randomUUID();
  readonly #parts = new SnapshotParts();
  #producer: Producer | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(room: KafkaRoom, source: CheckpointSource) {
    this.#room = room;
    this.#source = source;
    this.#prefix = statePrefix(source);
  }

  /** Takes the partition over from whoever has it. Two that open at once fence each other; the later one wins. */
  async open(): Promise<void> {
    for (let attempt = 1; this.#producer === undefined; attempt += 1) {
      try {
        this.#producer = await this.#connect();
        await this.#commit(this.#producer, [this.#message({ key: OWNER_KEY, value: Buffer.from(this.#token) })]);
      } catch (error) {
        await this.#drop();
        const isContended = isFencedByBroker(error) || hasType(error, CONTENDED);
        if (!isContended || attempt === OPEN_ATTEMPTS) throw kafkaToBelayError(error, `opening checkpoints of ${this.#name()}`);
        await setTimeout(attempt * OPEN_PAUSE_MS);
      }
    }
  }

  #name(): string {
    return `${this.#source.group} on ${this.#source.topic}/${this.#source.partition}`;
  }

  async #connect(): Promise<Producer> {
    const { group, topic, partition } = this.#source;
    const producer = this.#room.newClient().producer({
      transactionalId: this.#room.names.transactionalId(group, topic, partition),
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: RETRY,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  #message({ key, value, headers }: SnapshotPart): Message {
    const timestamp = String(Math.floor(this.#room.nowUs() / 1000));
    const bytes = value === undefined ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const message = { key: this.#prefix + key, value: bytes, partition: this.#source.partition, timestamp };
    return headers === undefined ? message : { ...message, headers: { ...headers } };
  }

  async #commit(producer: Producer, messages: readonly Message[], nextOffset?: bigint): Promise<void> {
    const { names, compression } = this.#room;
    const topic = names.topic(TOPICS.detectorState);
    const transaction = await producer.transaction();
    for (const request of requests(messages)) await transaction.send({ topic, compression, messages: request });
    if (nextOffset !== undefined) {
      const partitions = [{ partition: this.#source.partition, offset: String(nextOffset) }];
      const offsets = {
        consumerGroupId: names.group(this.#source.group),
        topics: [{ topic: names.topic(this.#source.topic), partitions }],
      };
      await whenCoordinated(() => transaction.sendOffsets(offsets));
    }
    await transaction.commit();
  }

  async checkpoint(snapshots: readonly Snapshot[], nextOffset: bigint): Promise<void> {
    for (const { key } of snapshots) assertSnapshotKey(key);
    const parts = snapshots.flatMap((snapshot) => this.#parts.of(snapshot));
    const messages = [...parts, { key: POSITION_KEY, value: Buffer.from(String(nextOffset)) }].map((part) => this.#message(part));
    const result = this.#turn.then(() => this.#write(messages, nextOffset));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #write(messages: readonly Message[], nextOffset: bigint): Promise<void> {
    try {
      this.#producer ??= await this.#resume();
      await this.#commit(this.#producer, messages, nextOffset);
    } catch (error) {
      await this.#drop();
      if (!isFencedByBroker(error)) throw kafkaToBelayError(error, `writing a checkpoint of ${this.#name()}`);
      // Only for a member that was fenced by mistake is there a second try: the token decides.
      this.#producer = await this.#resume();
      await this.#commit(this.#producer, messages, nextOffset).catch((again: unknown) => {
        throw isFencedByBroker(again) ? this.#fenced() : kafkaToBelayError(again, `writing a checkpoint of ${this.#name()}`);
      });
    }
  }

  async #resume(): Promise<Producer> {
    // Not further than an open transaction: it may be our own, and only the next step ends it.
    await this.#assertOwner('open-transaction');
    const producer = await this.#connect();
    try {
      // Initialises the producer id, which ends what an earlier transaction has left behind.
      await (await producer.transaction()).abort();
      await this.#assertOwner('end');
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async #assertOwner(readTo: ReadTo): Promise<void> {
    const { owner } = await readKafkaState(this.#room, this.#source, readTo);
    if (owner !== this.#token) throw this.#fenced();
  }

  #fenced(): BelayError {
    return new BelayError('fenced', `Another member writes the checkpoints of ${this.#name()} now. Stop: its state is the newer one.`);
  }

  async #drop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#drop();
  }
}

/** Opens the only writer that may checkpoint `source` from now on. */
export async function openKafkaCheckpoints(room: KafkaRoom, source: CheckpointSource): Promise<CheckpointWriter> {
  const writer = new TransactionalWriter(room, source);
  await writer.open();
  return writer;
}
