/** A stall costs one of these parts at most. */
const PARTS = 4;

/**
 * Calls back after `ms` in which this process was awake: while a machine stands still (a suspended laptop, a moved virtual machine, a
 * throttled container) the other side had no time either, and what it has sent is not read yet. Never keeps the process alive. Returns what
 * cancels it.
 */
export function awakeTimer(ms: number, onTime: () => void): () => void {
  let left = PARTS;
  const next = (): NodeJS.Timeout => setTimeout(onPart, ms / PARTS).unref();
  const onPart = (): void => {
    left -= 1;
    if (left === 0) onTime();
    else timer = next();
  };
  let timer = next();
  return () => clearTimeout(timer);
}
