import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';
import { createTerminal } from './output/terminal.ts';
import { reportError } from './report-error.ts';

function said(error: unknown): string {
  let text = '';
  const terminal = createTerminal({ out: { write: () => true }, err: { write: (more) => (text += more) } }, { NO_COLOR: '1' });
  reportError(terminal, error, { json: false });
  return text;
}

test('several problems stand one below the other, and only the first line begins at the margin', () => {
  const text = said(new CliError(EXIT.usage, 'x.yaml has 2 problem(s):\n- one\nbelay: forged', { hint: 'Mend it.' }));
  expect(text).toBe('belay: x.yaml has 2 problem(s):\n       - one\n       belay: forged\n       Mend it.\n');
});
