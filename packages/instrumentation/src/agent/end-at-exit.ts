import { holdProcess } from '../transport/process-hold.ts';

interface Ending {
  readonly end: () => Promise<void>;
  readonly maxMs: number;
}

const endings = new Set<Ending>();

/**
 * Ends the run when the process has nothing else to do: the last spans, acknowledgements and the goodbye get at most `maxMs`, once; 0 = not
 * at all. Returns the end of the arrangement. A process that is killed, calls `process.exit` or dies of an uncaught error is not held up:
 * then the run counts as lost. One listener serves every agent of the process.
 */
export function endAtExit(end: () => Promise<void>, maxMs: number): () => void {
  if (maxMs === 0) return () => undefined;
  const ending: Ending = { end, maxMs };
  if (endings.size === 0) process.once('beforeExit', endAll);
  endings.add(ending);
  return () => {
    endings.delete(ending);
    if (endings.size === 0) process.removeListener('beforeExit', endAll);
  };
}

function endAll(): void {
  const all = [...endings];
  endings.clear();
  for (const { end, maxMs } of all) {
    const release = holdProcess();
    const timer = setTimeout(release, maxMs);
    void end().finally(() => {
      clearTimeout(timer);
      release();
    });
  }
}
