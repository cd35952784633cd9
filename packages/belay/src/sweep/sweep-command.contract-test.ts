import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@belay/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { createProgram } from '../program.ts';
import { recordingOf } from './recording.test-support.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-sweep-command-'));
  const calls = Array.from({ length: 6 }, (_, i) => ({ agent: 'stuck', session: 's', atS: i * 2, result: '{"open":12}' }));
  await writeFile(join(folder, 'calls.jsonl'), recordingOf(calls));
  await writeFile(join(folder, 'empty.jsonl'), '');
  await writeFile(join(folder, 'garbage.jsonl'), 'no JSON\n{}\n');
  await writeFile(join(folder, 'labels.jsonl'), '{"agentId":"stuck","bad":true}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function belay(...args: string[]): Promise<string> {
  let out = '';
  const terminal = createTerminal({ out: { write: (text) => (out += text) }, err: { write: () => true } }, {});
  const context = { terminal, clock: createManualClock(), env: {}, signal: new AbortController().signal, setExitCode: () => undefined };
  await createProgram(context).parseAsync(['node', 'belay', 'sweep', ...args]);
  return out;
}

const SETTING = ['--detector', 'loop', '--param', 'l1Loop'];

describe('belay sweep', () => {
  it('writes the page and the picture, and prints the same as JSON', async () => {
    const out = join(folder, 'new', 'out');
    const labels = join(folder, 'labels.jsonl');
    const said = await belay(join(folder, 'calls.jsonl'), ...SETTING, '--values', '3,9', '--labels', labels, '--out', out, '--json');
    const result = JSON.parse(said) as { points: { value: number; agentsPaused: number }[]; files: { html: string; png: string } };
    expect(result.points.map(({ value, agentsPaused }) => [value, agentsPaused])).toEqual([
      [3, 1],
      [4, 1],
      [9, 0],
    ]);
    expect(await readFile(result.files.html, 'utf8')).toContain('<svg');
    expect((await readFile(result.files.png)).subarray(1, 4).toString()).toBe('PNG');
  });

  it('prints a table with the present value marked', async () => {
    const said = await belay(join(folder, 'calls.jsonl'), ...SETTING, '--from', '3', '--to', '5', '--steps', '3', '--out', folder);
    expect(said).toMatch(/4 \(now\) +\d+ +1 +1 /);
    expect(said).not.toContain('recall');
  });

  it.each([
    ['neither a file nor the history', [...SETTING, '--values', '3'], 2],
    ['an empty file', ['empty.jsonl', ...SETTING, '--values', '3'], 6],
    ['a file without a usable line', ['garbage.jsonl', ...SETTING, '--values', '3'], 6],
    ['a file that is not there', ['none.jsonl', ...SETTING, '--values', '3'], 5],
    ['no values', ['calls.jsonl', ...SETTING], 2],
  ])('refuses %s', async (_, [first = '', ...rest], exitCode) => {
    const file = first.endsWith('.jsonl') ? join(folder, first) : first;
    await expect(belay(file, ...rest, '--out', folder)).rejects.toMatchObject({ exitCode });
  });
});
