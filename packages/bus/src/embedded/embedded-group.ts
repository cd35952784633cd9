import type { Topic } from '@belay/protocol';
import { assignPartitions } from '../assignment.ts';
import type { Consumer, ConsumerOptions, PartitionAssignment } from '../bus.ts';
import { createPartitionWorker, type EmbeddedRoom, type PartitionWorker } from './partition-worker.ts';

interface Owned {
  readonly assignment: PartitionAssignment;
  readonly worker: PartitionWorker;
}

const nameOf = ({ topic, partition }: PartitionAssignment): string => `${topic}/${partition}`;

/** One consumer of a group: the partitions it owns now. */
class Member implements Consumer {
  readonly id: string;
  readonly options: ConsumerOptions;
  readonly stopped: Promise<void>;
  readonly #leave: (member: Member) => Promise<void>;
  readonly #settle: { resolve(): void; reject(error: unknown): void };
  readonly #owned = new Map<string, Owned>();
  #stopping: Promise<void> | undefined;

  constructor(id: string, options: ConsumerOptions, leave: (member: Member) => Promise<void>) {
    this.id = id;
    this.options = options;
    this.#leave = leave;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#settle = { resolve, reject };
    this.stopped = promise;
    this.stopped.catch(() => undefined);
  }

  get owned(): PartitionAssignment[] {
    return [...this.#owned.values()].map((entry) => entry.assignment);
  }

  async giveUpAllBut(keep: readonly PartitionAssignment[]): Promise<void> {
    const names = new Set(keep.map(nameOf));
    const lost = [...this.#owned].filter(([name]) => !names.has(name));
    await Promise.all(lost.map(([, { worker }]) => worker.stop()));
    for (const [name] of lost) this.#owned.delete(name);
  }

  take(room: EmbeddedRoom, assignments: readonly PartitionAssignment[]): void {
    for (const assignment of assignments) {
      if (this.#owned.has(nameOf(assignment))) continue;
      const head = room.file.head(assignment.topic, assignment.partition);
      const worker = createPartitionWorker(room, this.options, head, (error) => this.#fail(error));
      this.#owned.set(nameOf(assignment), { assignment, worker });
    }
  }

  #fail(error: unknown): void {
    this.#settle.reject(error);
    void this.stop();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#leave(this).then(this.#settle.resolve, this.#settle.reject);
    return this.#stopping;
  }
}

/** The consumers of one group in this process; shares partitions out when one joins or leaves. */
export interface EmbeddedGroup {
  join(options: ConsumerOptions): Promise<Consumer>;
  stop(): Promise<void>;
}

export function createEmbeddedGroup(room: EmbeddedRoom): EmbeddedGroup {
  const members = new Set<Member>();
  let joined = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const rebalance = async (): Promise<void> => {
    const all = [...members];
    const topics = new Set<Topic>(all.flatMap((member) => member.options.topics));
    const counts = new Map([...topics].map((topic) => [topic, room.file.heads(topic).length]));
    const plan = assignPartitions(
      all.map(({ id, owned, options }) => ({ id, owned, topics: options.topics })),
      counts,
    );
    await Promise.all(all.map((member) => member.giveUpAllBut(plan.get(member.id) ?? [])));
    for (const member of all) member.take(room, plan.get(member.id) ?? []);
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  const leave = (member: Member): Promise<void> =>
    inTurn(async () => {
      members.delete(member);
      await member.giveUpAllBut([]);
      room.queue.flush();
      await rebalance();
    });

  return {
    join: (options) =>
      inTurn(async () => {
        joined += 1;
        const member = new Member(`${String(joined).padStart(6, '0')}`, options, leave);
        members.add(member);
        await rebalance();
        return member;
      }),
    async stop() {
      await Promise.all([...members].map((member) => member.stop()));
    },
  };
}
