import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../packages/belay/src/main.ts', import.meta.url));
const SOURCE = '--conditions=belay-source';

/** A process of ours while it runs; what it wrote so far, both streams together. */
export interface RunningProcess {
  readonly pid: number;
  output(): string;
  /** Resolves with the match once the output has one; rejects when the process ends, or after `timeoutMs`. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/** Starts `node FILE ARGS` from source. */
export function startNode(file: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): RunningProcess {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...options.env };
  const child: ChildProcess = spawn(process.execPath, [SOURCE, file, ...args], {
    cwd: options.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const look of watchers) look();
    });
  }
  const exited = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    waitFor: (pattern, timeoutMs = 150_000) => waitFor(pattern, { output: () => output, watchers, exited, timeoutMs }),
    kill: (signal) => void child.kill(signal),
    exited,
  };
}

interface Watched {
  readonly output: () => string;
  readonly watchers: Set<() => void>;
  readonly exited: Promise<unknown>;
  readonly timeoutMs: number;
}

function waitFor(pattern: RegExp, { output, watchers, exited, timeoutMs }: Watched): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('in time'), timeoutMs);
    const end = (): void => {
      clearTimeout(timer);
      watchers.delete(look);
    };
    const look = (): void => {
      const match = pattern.exec(output());
      if (match === null) return;
      end();
      resolve(match);
    };
    const fail = (why: string): void => {
      end();
      reject(new Error(`${pattern} did not appear ${why}:\n${output()}`));
    };
    watchers.add(look);
    void exited.then(() => fail('before the end'));
    look();
  });
}

/** Starts `belay ARGS` in a folder. */
export const startBelay = (args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): RunningProcess =>
  startNode(MAIN, args, env === undefined ? { cwd } : { cwd, env });

/** Runs `belay ARGS` to its end. */
export async function runBelay(args: readonly string[], cwd: string): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const running = startBelay(args, cwd);
  const code = await running.exited;
  return { code, output: running.output() };
}

/** `belay up` on free ports, ready when this resolves. */
export async function startUp(cwd: string, args: readonly string[] = []): Promise<RunningProcess & { collector: string; control: string }> {
  const free = ['--collector-port', '0', '--control-port', '0', '--metrics-port', '0'];
  const running = startBelay(['up', ...free, ...args], cwd);
  await running.waitFor(/Belay is up/);
  const [, collector = ''] = await running.waitFor(/collector +(http:\S+)/);
  const [, control = ''] = await running.waitFor(/control +(http:\S+)/);
  return { ...running, collector, control };
}
