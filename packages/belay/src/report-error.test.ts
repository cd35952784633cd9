import { createManualClock } from '@belay/testkit';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';
import { createTerminal } from './output/terminal.ts';
import { createProgram } from './program.ts';
import { reportError, reportUsage } from './report-error.ts';

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

/** What is written on standard error, and the exit code, of a command line that commander does not take. */
async function refused(...args: string[]): Promise<{ text: string; code: number }> {
  const json = args.includes('--json');
  let text = '';
  const terminal = createTerminal({ out: { write: () => true }, err: { write: (more) => (text += more) } }, { NO_COLOR: '1' });
  const context = { terminal, clock: createManualClock(), env: {}, signal: new AbortController().signal, setExitCode: () => undefined };
  const error: unknown = await createProgram(context, { json })
    .parseAsync(['node', 'belay', ...args])
    .catch((cause: unknown) => cause);
  if (!(error instanceof CommanderError)) throw error;
  return { code: reportUsage(terminal, error, { json }), text };
}

test.each([
  [['agents', '--json', '--limmit', '3'], /unknown option '--limmit'/],
  [['token', 'agent', '--json'], /required option '--agents <glob>' not specified/],
  [['nonsense', '--json'], /unknown command 'nonsense'/],
  [['token', '--json'], /No command was given|unknown option/],
])('with --json, wrong usage %j is one JSON document with exit code 2', async (args, message) => {
  const { text, code } = await refused(...args);
  expect(code).toBe(2);
  expect(JSON.parse(text)).toMatchObject({ error: { message: expect.stringMatching(message), exitCode: 2 } });
});

test('without it, commander says it once, and help is no error', async () => {
  const { text, code } = await refused('agents', '--limmit', '3');
  expect([code, text.match(/unknown option/g)]).toEqual([2, ['unknown option']]);
  expect((await refused('--help')).code).toBe(0);
});
