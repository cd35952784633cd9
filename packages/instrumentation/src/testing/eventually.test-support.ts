import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until the value is there; fails with what was last seen. For what happens in another process or behind a socket. */
export async function eventually<T>(look: () => T | undefined | false, what: string, withinMs = 5000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`It did not happen within ${withinMs} ms: ${what}`);
    await sleep(2);
  }
}
