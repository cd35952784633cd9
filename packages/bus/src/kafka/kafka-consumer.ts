import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ConsumerCrashEvent, ConsumerGroupJoinEvent, EachBatchPayload, Consumer as KafkajsConsumer } from 'kafkajs';
import type { Consumer, ConsumerOptions } from '../bus.ts';
import { FENCED_PAUSE_MS, failureOf, isFenced, revoke } from '../failure.ts';
import type { NewKafkaClient } from './kafka-client.ts';
import { isAbsence, kafkaToBelayError } from './kafka-errors.ts';
import { kafkaToMessage } from './kafka-message.ts';
import type { KafkaNames } from './kafka-names.ts';
import { createOwnedPartitions, type OwnedPartition, type OwnedPartitions } from './owned-partitions.ts';
import { startOffsetOf } from './start-offset.ts';
import { createStickyAssigner } from './sticky-assigner.ts';

/** A member that says nothing for so long is taken for dead. */
const SESSION_TIMEOUT_MS = 8_000;
/** How soon a member notices that the group hands out its partitions anew. */
const HEARTBEAT_INTERVAL_MS = 500;
/** How long the group waits for a member that still works on a batch. */
const REBALANCE_TIMEOUT_MS = 60_000;
/** Long poll: an answer comes as soon as there is a byte; stopping waits for it, and so does a partition that was resumed. */
const MAX_WAIT_MS = 100;
/** Batches handled at the same time, of different partitions. */
const CONCURRENT_PARTITIONS = 64;
/** Before a member whose brokers were away joins anew. */
const ABSENT_PAUSE_MS = 500;

export interface KafkaConsumerDeps {
  readonly newClient: NewKafkaClient;
  readonly names: KafkaNames;
  readonly admin: Admin;
  /** Called once, when the consumer has ended. */
  readonly onEnded: () => void;
}

class GroupConsumer implements Consumer {
  readonly stopped: Promise<void>;
  readonly #options: ConsumerOptions;
  readonly #deps: KafkaConsumerDeps;
  readonly #owned: OwnedPartitions;
  readonly #client: KafkajsConsumer;
  readonly #end: { resolve(): void; reject(error: unknown): void };
  readonly #joined: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #inHand = new Set<Promise<void>>();
  #memberId: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(options: ConsumerOptions, deps: KafkaConsumerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#owned = createOwnedPartitions(deps.names);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#end = { resolve, reject };
    this.stopped = promise;
    this.stopped.catch(() => undefined);
    this.#joined.promise.catch(() => undefined);
    this.#client = deps.newClient().consumer({
      groupId: deps.names.group(options.group),
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      minBytes: 1,
      allowAutoTopicCreation: false,
      readUncommitted: false,
      partitionAssigners: [createStickyAssigner(() => this.#owned.names())],
    });
  }

  /** Resolves when the member has joined and knows where its partitions start. */
  async start(): Promise<void> {
    const { GROUP_JOIN, CRASH } = this.#client.events;
    this.#client.on(GROUP_JOIN, (event) => this.#onJoin(event));
    this.#client.on(CRASH, (event) => this.#onCrash(event));
    await this.#client.connect();
    const topics = this.#options.topics.map((topic) => this.#deps.names.topic(topic));
    await this.#client.subscribe({ topics, fromBeginning: this.#options.startFrom === 'earliest' });
    await this.#run();
    await this.#joined.promise;
  }

  #run(): Promise<void> {
    return this.#client.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch: (payload) => this.#onBatch(payload),
    });
  }

  /** Called before the first fetch of a generation, so what is paused and sought here holds for it. */
  #onJoin({ payload }: ConsumerGroupJoinEvent): void {
    const continuous = this.#memberId === payload.memberId;
    this.#memberId = payload.memberId;
    const { kept, gained, lost } = this.#owned.replace(payload.memberAssignment, continuous);
    for (const partition of lost) partition.lost.abort();
    this.#pause(gained);
    for (const partition of kept) this.#seek(partition);
    this.#turn = this.#turn.then(() => this.#hand(gained, lost)).catch((error: unknown) => this.#fail(error));
  }

  async #hand(gained: readonly OwnedPartition[], lost: readonly OwnedPartition[]): Promise<void> {
    await Promise.all(lost.map((partition) => this.#revoke(partition)));
    await Promise.all(gained.map((partition) => this.#untilAccepted(partition, () => this.#fixStart(partition))));
    this.#joined.resolve();
    for (const partition of gained) partition.handed = this.#assign(partition).catch((error: unknown) => this.#fail(error));
  }

  /** "Latest" is fixed when the partition is assigned, and remembered for the group. */
  async #fixStart(partition: OwnedPartition): Promise<void> {
    if (this.#options.startFrom === 'earliest') return;
    const group = this.#deps.names.group(this.#options.group);
    const start = await startOffsetOf(this.#deps.admin, group, partition.topic, partition.assignment.partition);
    if (start === undefined) return;
    partition.position = start;
    if (this.#options.commit === 'manual') return;
    const offset = { topic: partition.topic, partition: partition.assignment.partition, offset: String(start) };
    // A rebalance may refuse it; then the first batch's commit says the same.
    await this.#client.commitOffsets([offset]).catch(() => undefined);
  }

  async #assign(partition: OwnedPartition): Promise<void> {
    const accepted = await this.#untilAccepted(partition, async () => {
      const answer = await this.#options.handler.onAssigned?.(partition.assignment);
      if (answer?.startAt !== undefined) partition.position = answer.startAt;
    });
    if (!accepted) return;
    partition.ready = true;
    this.#seek(partition);
    this.#client.resume([{ topic: partition.topic, partitions: [partition.assignment.partition] }]);
  }

  async #untilAccepted(partition: OwnedPartition, effect: () => Promise<void>): Promise<boolean> {
    const { signal } = partition.lost;
    while (!signal.aborted) {
      try {
        await effect();
        return !signal.aborted;
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'stop') throw failure.error;
        await sleep(failure.afterMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }

  async #revoke(partition: OwnedPartition): Promise<void> {
    partition.lost.abort();
    // An onAssigned that came to its end after onRevoked would leave behind what nobody takes away.
    await partition.handed;
    await revoke(this.#options.handler, partition.assignment);
  }

  #pause(partitions: readonly OwnedPartition[]): void {
    this.#client.pause(partitions.map(({ topic, assignment }) => ({ topic, partitions: [assignment.partition] })));
  }

  #seek({ topic, assignment, position }: OwnedPartition): void {
    if (position !== undefined) this.#client.seek({ topic, partition: assignment.partition, offset: String(position) });
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const owned = this.#owned.get(topic, partition);
    if (owned === undefined || !owned.ready || this.#stopping !== undefined || payload.isStale()) return;
    const delivery = this.#deliver(owned, payload);
    const quiet = delivery.catch(() => undefined);
    this.#inHand.add(quiet);
    await delivery.finally(() => this.#inHand.delete(quiet));
  }

  async #deliver(owned: OwnedPartition, payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary } = payload;
    const messages = batch.messages.map((message) => kafkaToMessage(owned.assignment.topic, batch.partition, message));
    const last = messages.at(-1);
    if (last === undefined) return;
    owned.begin ??= messages[0]?.offset;
    const pulse = startHeartbeats(heartbeat);
    try {
      await this.#options.handler.onBatch({ ...owned.assignment, messages, highWatermark: BigInt(batch.highWatermark) });
    } catch (error) {
      this.#onFailedBatch(owned, messages[0]?.offset ?? 0n, error);
      return;
    } finally {
      pulse.stop();
    }
    if (owned.lost.signal.aborted) return;
    owned.position = last.offset + 1n;
    resolveOffset(String(last.offset));
    if (this.#options.commit !== 'manual') {
      const offsets = [{ partition: batch.partition, offset: String(owned.position) }];
      await commitOffsetsIfNecessary({ topics: [{ topic: owned.topic, partitions: offsets }] });
    }
    pulse.throwFailure();
  }

  #onFailedBatch(owned: OwnedPartition, offset: bigint, error: unknown): void {
    const failure = failureOf(error);
    const isLost = owned.lost.signal.aborted;
    if (isFenced(error)) {
      if (!isLost) owned.handed = this.#anew(owned).catch((again: unknown) => this.#fail(again));
    } else if (failure.kind === 'stop') this.#fail(failure.error);
    // Of a partition that was lost nothing is done any more: it may have been given back, and then this is not its position.
    else if (!isLost) this.#again(owned, offset, failure.afterMs);
  }

  /** Gives a partition to its handler once more. A member that has lost it without knowing hears of that in the pause. */
  async #anew(partition: OwnedPartition): Promise<void> {
    partition.ready = false;
    partition.position = partition.begin;
    this.#pause([partition]);
    await revoke(this.#options.handler, partition.assignment);
    await sleep(FENCED_PAUSE_MS, undefined, { signal: partition.lost.signal }).catch(() => undefined);
    await this.#assign(partition);
  }

  /** Delivers from `offset` again after a while; other partitions go on meanwhile. */
  #again(partition: OwnedPartition, offset: bigint, afterMs: number): void {
    partition.position = offset;
    this.#pause([partition]);
    this.#seek(partition);
    const resume = { topic: partition.topic, partitions: [partition.assignment.partition] };
    void sleep(afterMs, undefined, { signal: partition.lost.signal })
      .then(() => this.#client.resume([resume]))
      .catch(() => undefined);
  }

  #onCrash({ payload }: ConsumerCrashEvent): void {
    if (payload.restart) return;
    const wasMember = this.#memberId !== undefined;
    if (wasMember && isAbsence(payload.error)) this.#keepInHand(this.#runAnew());
    else this.#fail(kafkaToBelayError(payload.error, `reading as ${this.#options.group}`));
  }

  /** kafkajs begins anew by itself after most failures; after these it would stay silent for good. */
  async #runAnew(): Promise<void> {
    await sleep(ABSENT_PAUSE_MS);
    if (this.#stopping === undefined) await this.#run();
  }

  /** {@link stop} waits for it. */
  #keepInHand(work: Promise<void>): void {
    const quiet = work.catch((error: unknown) => this.#fail(error));
    this.#inHand.add(quiet);
    void quiet.finally(() => this.#inHand.delete(quiet));
  }

  #fail(error: unknown): void {
    this.#end.reject(error);
    this.#joined.reject(error);
    void this.stop();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop().then(this.#end.resolve, this.#end.reject).finally(this.#deps.onEnded);
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const owned = this.#owned.all();
    if (owned.length > 0) this.#pause(owned);
    await Promise.all(this.#inHand);
    await this.#turn;
    // Before leaving: what is done in onRevoked, a last checkpoint say, still happens as the owner.
    for (const partition of this.#owned.all()) await this.#revoke(partition);
    await this.#client.disconnect();
  }
}

/** Keeps the membership alive while a batch is worked on. */
function startHeartbeats(heartbeat: () => Promise<void>): { stop(): void; throwFailure(): void } {
  let failure: unknown;
  const timer = setInterval(() => {
    heartbeat().catch((error: unknown) => {
      failure ??= error;
    });
  }, HEARTBEAT_INTERVAL_MS);
  return {
    stop: () => clearInterval(timer),
    throwFailure() {
      if (failure !== undefined) throw failure;
    },
  };
}

/** Joins the group. @throws BelayError `unavailable` when Kafka cannot be reached, or what `kafkaToBelayError` makes of it. */
export async function startKafkaConsumer(options: ConsumerOptions, deps: KafkaConsumerDeps): Promise<Consumer> {
  const consumer = new GroupConsumer(options, deps);
  try {
    await consumer.start();
    return consumer;
  } catch (error) {
    await consumer.stop();
    throw kafkaToBelayError(error, `joining the group ${options.group}`);
  }
}
