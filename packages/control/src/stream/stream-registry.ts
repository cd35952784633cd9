import type { Principal } from '../http/authenticate.ts';

interface OpenStream {
  /** Whose share of the streams this one takes: an agent's key, or the operators of a tenant. */
  readonly owner: string;
  readonly principal: Principal;
  close(): void;
  ping(): void;
}

/** All open streams and waiting polls: bounded, in all and of each agent, kept alive, and cut when their token ends. */
export interface StreamRegistry {
  /** False when there are too many already, of this owner or in all, or everything has been closed. */
  add(stream: OpenStream): boolean;
  remove(stream: OpenStream): void;
  pingAll(): void;
  /** Closes the streams whose token is no longer good. */
  closeWhere(isOver: (principal: Principal) => boolean): void;
  /** Closes all streams; none is added after that. */
  closeAll(): void;
  readonly size: number;
}

export function createStreamRegistry(limits: { readonly max: number; readonly maxPerOwner: number }): StreamRegistry {
  const streams = new Set<OpenStream>();
  const owned = new Map<string, number>();
  let isClosed = false;
  return {
    add: (stream) => {
      const count = owned.get(stream.owner) ?? 0;
      if (isClosed || streams.size >= limits.max || count >= limits.maxPerOwner) return false;
      streams.add(stream);
      owned.set(stream.owner, count + 1);
      return true;
    },
    remove: (stream) => {
      if (!streams.delete(stream)) return;
      const left = (owned.get(stream.owner) ?? 1) - 1;
      if (left > 0) owned.set(stream.owner, left);
      else owned.delete(stream.owner);
    },
    pingAll: () => {
      for (const stream of streams) stream.ping();
    },
    closeWhere: (isOver) => {
      for (const stream of streams) if (isOver(stream.principal)) stream.close();
    },
    closeAll: () => {
      isClosed = true;
      for (const stream of streams) stream.close();
    },
    get size() {
      return streams.size;
    },
  };
}
