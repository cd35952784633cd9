import { spawn } from 'node:child_process';
import { ROOT } from './eval-folder.ts';

/**
 * Runs a program to its end and gives its standard output.
 * @throws Error with the end of its standard error when it fails.
 */
export function runTool(program: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err = (err + chunk.toString()).slice(-4000);
    });
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done(out);
      else fail(new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${err}`));
    });
  });
}

/** A program for this Node. */
export const runNode = (args: readonly string[]): Promise<string> => runTool(process.execPath, args);
