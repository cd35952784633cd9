import { createManualClock } from '@belay/testkit';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { type SourceOptions, withSource } from './source-options.ts';

const NOW_US = 1_700_000_000_000_000;
const HOUR_US = 3_600_000_000;

function parse(...args: string[]): { file: string | undefined; options: SourceOptions } {
  const terminal = createTerminal({ out: { write: () => true }, err: { write: () => true } }, {});
  const env = { BELAY_CLICKHOUSE: 'http://c:8123/belay' };
  const clock = createManualClock(NOW_US);
  const context = { terminal, clock, env, signal: new AbortController().signal, setExitCode: () => undefined };
  const command = withSource(new Command('any'), context).parse(args, { from: 'user' });
  return { file: command.args[0], options: command.opts<SourceOptions>() };
}

test('without options it is every agent of the default tenant, as recorded, ClickHouse from the environment', () => {
  const { file, options } = parse('a.jsonl');
  expect(file).toBe('a.jsonl');
  expect(options).toMatchObject({ agent: '*', tenant: 'default', capture: 'redacted', clickhouse: 'http://c:8123/belay' });
  expect(options.since).toBeUndefined();
});

test('a window is given as how long ago, as a time, and the warm-up before it as a span', () => {
  const { options } = parse('--history', '--since', '2h', '--until', '2023-11-14T22:00:00Z', '--warm-up', '1d');
  expect(options.since).toBe(NOW_US - 2 * HOUR_US);
  expect(options.until).toBe(Date.parse('2023-11-14T22:00:00Z') * 1000);
  expect(options.warmUp).toBe(24 * HOUR_US);
});
