import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

/** How far a long piece of work is. */
export interface Progress {
  update(done: number, detail: string): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on standard error while a person watches; nothing otherwise, so that logs and pipes stay clean. */
export function createProgress(terminal: Terminal, label: string, total: number): Progress {
  if (!terminal.isInteractive || total <= 0) return SILENT;
  const format = `${label} ${terminal.colours.cyan('{bar}')} {percentage}%  {detail}`;
  const bar = new SingleBar({ format, barCompleteChar: '█', barIncompleteChar: '░', barsize: 30, hideCursor: true, clearOnComplete: true });
  bar.start(total, 0, { detail: '' });
  return {
    update: (done, detail) => bar.update(Math.min(done, total), { detail }),
    stop: () => bar.stop(),
  };
}
