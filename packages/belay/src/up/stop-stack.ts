import { messageOf } from '../cli-error.ts';

/** What has been started, to be stopped in the reverse order. */
export interface StopStack {
  push(what: string, stop: () => Promise<unknown>): void;
  /** Stops everything, newest first. One that fails does not keep the others running. Idempotent. */
  stop(): Promise<readonly string[]>;
}

export interface StopStackOptions {
  /** Told after each one: what, how long it took, and what went wrong if anything did. */
  readonly onStopped?: (what: string, tookMs: number, problem: string | undefined) => void;
  /** One that does not stop in this time is left behind, so that the end is certain. */
  readonly timeoutMs: number;
}

export function createStopStack(options: StopStackOptions): StopStack {
  const entries: { what: string; stop: () => Promise<unknown> }[] = [];
  let stopping: Promise<readonly string[]> | undefined;
  const stopAll = async (): Promise<readonly string[]> => {
    const problems: string[] = [];
    for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
      const started = performance.now();
      const problem = await stopOne(entry.stop, options.timeoutMs);
      if (problem !== undefined) problems.push(`${entry.what}: ${problem}`);
      options.onStopped?.(entry.what, performance.now() - started, problem);
    }
    return problems;
  };
  return {
    push: (what, stop) => void entries.push({ what, stop }),
    stop: () => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

async function stopOne(stop: () => Promise<unknown>, timeoutMs: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`did not stop within ${timeoutMs} ms`), timeoutMs);
  });
  const done = stop().then(() => undefined, messageOf);
  const problem = await Promise.race([done, late]);
  clearTimeout(timer);
  return problem;
}
