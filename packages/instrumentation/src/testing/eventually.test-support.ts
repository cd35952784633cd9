import { setTimeout as sleep } from 'node:timers/promises';

/** A little less than a test may take, so that it says what did not happen. */
const WITHIN_MS = 110_000;

/** Polls until the value is there; fails with what was waited for. For what happens in another process or behind a socket. */
export async function eventually<T>(look: () => T | undefined | false, what: string): Promise<T> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`It did not happen within ${WITHIN_MS} ms: ${what}`);
    await sleep(2);
  }
}
