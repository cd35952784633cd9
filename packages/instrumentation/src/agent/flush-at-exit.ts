import { holdProcess } from '../transport/process-hold.ts';

interface Flusher {
  readonly flush: () => Promise<void>;
  readonly maxMs: number;
}

const flushers = new Set<Flusher>();

/**
 * Gives the last spans a moment when the process has nothing else to do: at most `maxMs`, once. Returns the end of the arrangement.
 * A process that is killed or calls `process.exit` is not held up. One listener serves every agent of the process.
 */
export function flushAtExit(flush: () => Promise<void>, maxMs: number): () => void {
  if (maxMs === 0) return () => undefined;
  const flusher: Flusher = { flush, maxMs };
  if (flushers.size === 0) process.once('beforeExit', flushAll);
  flushers.add(flusher);
  return () => {
    flushers.delete(flusher);
    if (flushers.size === 0) process.removeListener('beforeExit', flushAll);
  };
}

function flushAll(): void {
  const all = [...flushers];
  flushers.clear();
  for (const { flush, maxMs } of all) {
    const release = holdProcess();
    const timer = setTimeout(release, maxMs);
    void flush().finally(() => {
      clearTimeout(timer);
      release();
    });
  }
}
