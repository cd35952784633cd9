import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** An archive in a process of its own. `log` is a file of the embedded log, or `kafka://bootstrap/prefix`. Resolves when it consumes. */
export async function startArchiveProcess(log: string, store: { url: string; database: string }): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./archive-child.test-support.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=belay-source', script, log, store.url, store.database], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  if (!Buffer.isBuffer(first)) throw new Error(`The archive process ended with code ${first} before it was ready.`);
  return child;
}

/** kill -9, and waits for the end. @throws Error when the process had ended by itself. */
export async function killNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`The archive process ended by itself with code ${child.exitCode}.`);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
