import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';

const LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

export interface TableOptions {
  /** Columns that are numbers, by index: set right. */
  readonly numeric?: readonly number[];
  /** Shown instead of an empty table. */
  readonly empty?: string;
}

/** Prints aligned columns without rules. Cells MUST be safe for a terminal already (see `safeText`). */
export function printTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): void {
  if (rows.length === 0 && options.empty !== undefined) {
    terminal.line(terminal.colours.dim(options.empty));
    return;
  }
  const table = new Table({
    head: head.map((text) => terminal.colours.dim(text)),
    chars: LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: head.map((_, index) => (options.numeric?.includes(index) ? 'right' : 'left')),
  });
  for (const row of rows) table.push([...row]);
  for (const line of table.toString().split('\n')) terminal.line(line.trimEnd());
}
