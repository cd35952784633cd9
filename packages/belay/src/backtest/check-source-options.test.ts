import { expect, test } from 'vitest';
import { checkSourceOptions } from './check-source-options.ts';

const check = (file: string | undefined, options: object) => checkSourceOptions(file, { agent: '*', ...options }, 'belay backtest FILE');

test('one file, or the history with a window, is run over', () => {
  expect(() => check('a.jsonl', {})).not.toThrow();
  expect(() => check(undefined, { history: true, since: 1, until: 2, warmUp: 3, agent: 'billing*' })).not.toThrow();
});

test('a file and the history, or neither, is refused with an example', () => {
  expect(() => check('a.jsonl', { history: true })).toThrow('Name one file');
  expect(() => check(undefined, {})).toThrow('Name one file');
});

test('a window of a file is refused by the names of its options, and not passed over', () => {
  expect(() => check('a.jsonl', { since: 1 })).toThrow('--since only with --history');
  expect(() => check('a.jsonl', { until: 0, warmUp: 1, agent: 'billing*' })).toThrow('--until, --warm-up, --agent only with --history');
});
