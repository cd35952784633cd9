import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@belay/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { createProgram } from '../program.ts';
import { recordingOf } from '../sweep/recording.test-support.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-backtest-command-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let exitCode = 0;

async function backtest(content: string, ...args: string[]): Promise<string> {
  const file = join(folder, 'traces.jsonl');
  await writeFile(file, content);
  let out = '';
  const terminal = createTerminal({ out: { write: (text) => (out += text) }, err: { write: () => true } }, {});
  const context = {
    terminal,
    clock: createManualClock(),
    env: {},
    signal: new AbortController().signal,
    setExitCode: (code: number): void => {
      exitCode = code;
    },
  };
  exitCode = 0;
  await createProgram(context).parseAsync(['node', 'belay', 'backtest', file, ...args]);
  return out;
}

const CALLS = Array.from({ length: 6 }, (_, i) => ({ agent: 'stuck', session: 's', atS: i * 2, result: '{"open":12}' }));

it.each([
  ['an empty file', '', 'is empty'],
  ['a file of garbage', 'no JSON\n\n{}\n', 'all 2 are bad'],
])('%s is refused with exit code 6: a backtest of nothing shows nothing', async (_, content, why) => {
  await expect(backtest(content)).rejects.toMatchObject({ exitCode: 6, message: expect.stringContaining(why) });
});

it('says how many actions after the would-be pause would not have happened', async () => {
  const totals = JSON.parse(await backtest(recordingOf(CALLS), '--json'));
  expect(totals).toMatchObject({ holds: 1, actionsAfterPause: 2, costAfterPauseNanoUsd: 0 });
  expect(await backtest(recordingOf(CALLS))).toMatch(/after that +2 actions would not have happened/);
});

it('a file of spans that are no decisions is said to hold none, with exit code 6', async () => {
  const noDecision = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'GET /' }] }] }] };
  expect(await backtest(JSON.stringify(noDecision))).toContain('There was no decision to judge');
  expect(exitCode).toBe(6);
});

it('one decision with a wrong clock does not make half a minute cover two hours', async () => {
  const calls = Array.from({ length: 500 }, (_, i) => ({ agent: `a${i % 10}`, session: `s${i}`, atS: 7_200 + Math.floor(i / 10) }));
  const stray = { agent: 'stray', session: 'stray', atS: 0 };
  const { decisions, firstUs, lastUs } = JSON.parse(await backtest(recordingOf([stray, ...calls]), '--json'));
  expect(decisions).toBe(501);
  expect((lastUs - firstUs) / 1e6).toBeLessThan(50);
});

it('a bad line among good ones is counted, and the rest judged', async () => {
  const { lines, badLines, decisions } = JSON.parse(await backtest(`no JSON\n${recordingOf(CALLS)}`, '--json'));
  expect({ badLines, decisions }).toEqual({ badLines: 1, decisions: 6 });
  expect(lines).toBeGreaterThan(1);
  expect(exitCode).toBe(0);
});
