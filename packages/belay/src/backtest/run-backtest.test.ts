import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defaultDetectorConfig } from '@belay/detector';
import { decision } from '@belay/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReport } from './backtest-report.ts';
import { openOtlpFile } from './otlp-file-source.ts';
import { runBacktest } from './run-backtest.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-backtest-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** One request of one call of a stuck agent, as the Collector's file exporter writes it. */
function line(index: number): string {
  const startNs = BigInt(1_767_600_000 + index) * 1_000_000_000n;
  const attributes = [
    attribute('gen_ai.operation.name', 'execute_tool'),
    attribute('gen_ai.agent.id', 'stuck'),
    attribute('gen_ai.conversation.id', 'c1'),
    attribute('gen_ai.tool.name', 'find_invoice'),
    attribute('gen_ai.tool.call.arguments', '{"number":"INV-1"}'),
    attribute('gen_ai.tool.call.result', '{"found":false}'),
  ];
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: index.toString(16).padStart(16, '1'),
    name: 'execute_tool find_invoice',
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 1_000_000n),
    attributes,
  };
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans: [span] }] }] });
}

async function run(name: string, content: string | Uint8Array, out = join(folder, `${name}.out`)) {
  const file = join(folder, name);
  await writeFile(file, content);
  const bad: [number, string][] = [];
  const report = createReport();
  const onBadLine = (lineNumber: number, why: string): void => void bad.push([lineNumber, why]);
  await runBacktest({
    source: await openOtlpFile({ file, tenant: 'default', report, onBadLine }),
    proposed: { config: defaultDetectorConfig() },
    report,
    out,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return { report, bad, out: await readFile(out, 'utf8') };
}

const loop = Array.from({ length: 6 }, (_, index) => line(index)).join('\n');

describe('runBacktest', () => {
  it('finds the loop at the fourth equal call, and says that it would have held the agent', async () => {
    const { report, out } = await run('loop.jsonl', loop);
    expect(report.totals).toMatchObject({ decisions: 6, agents: 1, sessions: 1, heldAgents: 1 });
    const holds = out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { response: string; triggerDecisionId: string; triggerUs: number; detectedUs: number });
    const first = holds.find(({ response }) => response === 'pause');
    expect(first?.triggerDecisionId).toContain(':1111111111111113');
    expect(first?.detectedUs).toBe(first?.triggerUs);
  });

  it('writes the same bytes for the same file, packed or not', async () => {
    const [first, second, packed] = [
      await run('one.jsonl', loop),
      await run('two.jsonl', loop),
      await run('three.jsonl.gz', gzipSync(loop)),
    ];
    expect(second.out).toBe(first.out);
    expect(packed.out).toBe(first.out);
    expect(first.out).not.toBe('');
  });

  it('says that the disk is full, and no more', async () => {
    // Of Linux: a file that opens and takes nothing.
    const cannot = { exitCode: 2, message: expect.stringContaining('/dev/full cannot be written: ENOSPC') };
    await expect(run('full.jsonl', loop, '/dev/full')).rejects.toMatchObject(cannot);
  });

  it('reports bad lines by number and goes on', async () => {
    const { report, bad } = await run('bad.jsonl', `${line(0)}\nnonsense\n{"resourceSpans":7}\n{}\n${line(1)}\n`);
    expect(bad.map(([lineNumber]) => lineNumber)).toEqual([2, 3, 4]);
    expect(report.totals).toMatchObject({ decisions: 2, badLines: 3 });
  });
});

describe('a warm-up', () => {
  it('is learnt from and not counted: what is found in it is not reported, what goes on after it is', async () => {
    const events = Array.from({ length: 6 }, (_, index) =>
      decision({ n: index + 1, call: { name: 'find_invoice', digest: 'sha256:1' }, outcome: { status: 'ok', resultDigest: 'sha256:2' } }),
    );
    const reports = await Promise.all(
      [0, 3, 6].map(async (warmUp) => {
        const report = createReport();
        async function* items() {
          for (const [index, record] of events.entries()) yield { record, done: index, isWarmUp: index < warmUp };
        }
        const source = { name: 'test', total: 6, items, close: async () => undefined };
        const signal = new AbortController().signal;
        await runBacktest({
          source,
          proposed: { config: defaultDetectorConfig() },
          report,
          out: undefined,
          signal,
          onProgress: () => undefined,
        });
        return report.totals;
      }),
    );
    expect(reports.map(({ decisions, holds }) => [decisions, holds])).toEqual([
      [6, 1],
      [3, 1],
      [0, 0],
    ]);
  });
});
