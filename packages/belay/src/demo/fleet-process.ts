import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A child process of the sample fleet, and what it said last. */
export interface FleetProcess {
  readonly name: string;
  /** The newest lines of its output, oldest first. */
  readonly lastLines: readonly string[];
  readonly lineCount: number;
  /** The exit code; undefined while it runs. A signal counts as 1. */
  readonly exitCode: number | undefined;
  readonly exited: Promise<number>;
  /** The first line that matches. Rejects when the process ends before. */
  lineMatching(pattern: RegExp): Promise<string>;
  /** SIGTERM, then SIGKILL after two seconds. */
  stop(): Promise<void>;
}

const KEPT_LINES = 12;
const KILL_AFTER_MS = 2_000;

/** Starts `file` on this Node, with the conditions this process was started with. Its errors count as output: they belong in the picture. */
export function startFleetProcess(name: string, file: string, env: NodeJS.ProcessEnv): FleetProcess {
  const args = [...process.execArgv.filter((arg) => arg.startsWith('--conditions')), file];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const state: { exitCode: number | undefined; lineCount: number } = { exitCode: undefined, lineCount: 0 };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      state.lineCount += 1;
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      for (const listener of listeners) listener(line);
    });
  }
  const exited = exitOf(child).then((code) => {
    state.exitCode = code;
    return code;
  });
  return {
    name,
    lastLines,
    get lineCount() {
      return state.lineCount;
    },
    get exitCode() {
      return state.exitCode;
    },
    exited,
    lineMatching: (pattern) => lineMatching(pattern, { name, lastLines, listeners, exited }),
    stop: () => stop(child, exited),
  };
}

async function exitOf(child: ChildProcess): Promise<number> {
  const failed = once(child, 'error').then(() => 1);
  const closed = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : 1));
  return Promise.race([closed, failed]);
}

interface Lines {
  readonly name: string;
  readonly lastLines: readonly string[];
  readonly listeners: Set<(line: string) => void>;
  readonly exited: Promise<number>;
}

function lineMatching(pattern: RegExp, { name, lastLines, listeners, exited }: Lines): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (line: string): void => {
      if (!pattern.test(line)) return;
      listeners.delete(look);
      resolve(line);
    };
    listeners.add(look);
    for (const line of lastLines) look(line);
    exited.then((code) => reject(new Error(`${name} ended with ${code}: ${lastLines.slice(-3).join(' | ')}`)));
  });
}

async function stop(child: ChildProcess, exited: Promise<number>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await exited;
  clearTimeout(timer);
}
