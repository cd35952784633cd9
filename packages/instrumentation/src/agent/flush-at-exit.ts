import { holdProcess } from '../transport/process-hold.ts';

/**
 * Gives the last spans a moment when the process has nothing else to do: at most `maxMs`, once. Returns the end of the arrangement.
 * A process that is killed or calls `process.exit` is not held up.
 */
export function flushAtExit(flush: () => Promise<void>, maxMs: number): () => void {
  if (maxMs === 0) return () => undefined;
  const onBeforeExit = (): void => {
    const release = holdProcess();
    const timer = setTimeout(release, maxMs);
    void flush().finally(() => {
      clearTimeout(timer);
      release();
    });
  };
  process.once('beforeExit', onBeforeExit);
  return () => process.removeListener('beforeExit', onBeforeExit);
}
