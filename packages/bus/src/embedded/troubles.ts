import type { BusLogger } from '../kafka/kafka-logger.ts';

/** What goes wrong inside the log where no caller waits for an answer: said when it begins and when it ends, and part of the log's health. */
export interface Troubles {
  /** Runs `work`. @throws what it throws, after it was noted under `what`. */
  during<T>(what: string, work: () => T): T;
  /** True while nothing that was tried last has failed. */
  isWell(): boolean;
}

export function createTroubles(logger: Pick<BusLogger, 'info' | 'error'>): Troubles {
  const failing = new Set<string>();
  return {
    during: (what, work) => {
      try {
        const result = work();
        if (failing.delete(what)) logger.info({ what }, 'the log works again');
        return result;
      } catch (error) {
        if (!failing.has(what)) logger.error({ err: error, what }, 'the log fails; it is tried again');
        failing.add(what);
        throw error;
      }
    },
    isWell: () => failing.size === 0,
  };
}
