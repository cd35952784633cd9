import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtlpLine, readOtlpLines } from './otlp-lines.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-lines-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Uint8Array): Promise<OtlpLine[]> {
  const path = join(folder, name);
  await writeFile(path, content);
  const lines: OtlpLine[] = [];
  for await (const line of readOtlpLines(path)) lines.push(line);
  return lines;
}

describe('readOtlpLines', () => {
  it('numbers lines as an editor does, empty ones counted and left out, with or without a last line break', async () => {
    const lines = await read('a.jsonl', '{"a":1}\n\n{"b":2}\r\n{"c":3}');
    expect(lines.map(({ number, text }) => [number, text.trim()])).toEqual([
      [1, '{"a":1}'],
      [3, '{"b":2}'],
      [4, '{"c":3}'],
    ]);
  });

  it('unpacks .gz on the way, to the same lines', async () => {
    const text = Array.from({ length: 5_000 }, (_, index) => `{"n":${index},"é":"ü"}`).join('\n');
    const plain = await read('b.jsonl', text);
    const packed = await read('b.jsonl.gz', gzipSync(text));
    expect(packed.map((line) => line.text)).toEqual(plain.map((line) => line.text));
  });

  it('says where a damaged file ends', async () => {
    const damaged = gzipSync('{"a":1}\n'.repeat(10_000)).subarray(0, 60);
    await expect(read('c.jsonl.gz', damaged)).rejects.toThrow(/could not be read to its end/);
  });

  it('names a file that is not there', async () => {
    await expect(readOtlpLines(join(folder, 'none')).next()).rejects.toThrow(/ENOENT/);
  });
});
