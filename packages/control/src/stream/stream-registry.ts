import type { Principal } from '../http/authenticate.ts';

interface OpenStream {
  readonly principal: Principal;
  close(): void;
  ping(): void;
}

/** All open streams and waiting polls: bounded, kept alive, and cut when their token ends. */
export interface StreamRegistry {
  /** False when there are too many already. */
  add(stream: OpenStream): boolean;
  remove(stream: OpenStream): void;
  pingAll(): void;
  /** Closes the streams whose token is no longer good. */
  closeWhere(isOver: (principal: Principal) => boolean): void;
  closeAll(): void;
  readonly size: number;
}

export function createStreamRegistry(max: number): StreamRegistry {
  const streams = new Set<OpenStream>();
  return {
    add: (stream) => {
      if (streams.size >= max) return false;
      streams.add(stream);
      return true;
    },
    remove: (stream) => void streams.delete(stream),
    pingAll: () => {
      for (const stream of streams) stream.ping();
    },
    closeWhere: (isOver) => {
      for (const stream of streams) if (isOver(stream.principal)) stream.close();
    },
    closeAll: () => {
      for (const stream of streams) stream.close();
    },
    get size() {
      return streams.size;
    },
  };
}
