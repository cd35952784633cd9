import { safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

/** Reports bad lines of an input file, the first ones in full, the rest as a count. */
export interface BadLineReporter {
  readonly report: (lineNumber: number, why: string) => void;
  end(): void;
}

const SHOWN = 10;

export function createBadLineReporter(terminal: Terminal, file: string): BadLineReporter {
  let count = 0;
  return {
    report: (lineNumber, why) => {
      count += 1;
      if (count <= SHOWN) terminal.note(`${terminal.colours.yellow(`${file}:${lineNumber}:`)} ${safeText(why, 200)}`);
    },
    end: () => {
      if (count > SHOWN) terminal.note(terminal.colours.yellow(`${file}: ${count - SHOWN} more bad lines`));
    },
  };
}
