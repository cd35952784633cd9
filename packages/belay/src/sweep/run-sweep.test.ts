import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultDetectorConfig } from '@belay/detector';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReport } from '../backtest/backtest-report.ts';
import { openOtlpFile } from '../backtest/otlp-file-source.ts';
import type { SourceItem } from '../backtest/record-source.ts';
import { recordingOf } from './recording.test-support.ts';
import { runSweep, type SweepResult } from './run-sweep.ts';
import type { SweepLabel } from './sweep-label.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-sweep-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** So many equal calls in a row, by an agent of its own. */
const repeating = (name: string, times: number) =>
  Array.from({ length: times }, (_, i) => ({ agent: name, session: `${name}-1`, atS: i * 2, result: '{"open":12}' }));

// Stuck agents repeat themselves six times and more, healthy ones four times: any threshold from 5 to 6 tells them apart.
const CALLS = [
  ...['stuck-a', 'stuck-b', 'stuck-c'].flatMap((name) => repeating(name, 6)),
  ...['well-a', 'well-b'].flatMap((name) => repeating(name, 4)),
].toSorted((a, b) => a.atS - b.atS);

const LABELS: readonly SweepLabel[] = [...new Set(CALLS.map(({ agent }) => agent))].map((agentId) => ({
  agentId,
  bad: agentId.startsWith('stuck'),
}));

async function sweep(labels: readonly SweepLabel[] | undefined, warmUp = 0): Promise<SweepResult> {
  const file = join(folder, 'calls.jsonl');
  await writeFile(file, recordingOf(CALLS));
  const onBadLine = (line: number, why: string): never => expect.fail(`${line}: ${why}`);
  const recording = await openOtlpFile({ file, tenant: 'default', report: createReport(), onBadLine });
  async function* items(): AsyncGenerator<SourceItem> {
    let index = 0;
    for await (const item of recording.items()) yield { ...item, isWarmUp: index++ < warmUp };
  }
  const source = { ...recording, items };
  return runSweep({
    ...{ source, labels, config: defaultDetectorConfig(), parameter: { detector: 'loop', key: 'l1Loop' } },
    ...{ values: [3, 4, 5, 6, 7], present: 4, onProgress: () => undefined, signal: new AbortController().signal },
  });
}

const column = (result: SweepResult, of: 'precision' | 'recall') => result.points.map(({ labelled }) => labelled?.[of]);

describe('runSweep', () => {
  it('finds the threshold between the healthy and the stuck', async () => {
    const result = await sweep(LABELS);
    expect(result.best).toBe(5);
    expect(column(result, 'recall')).toEqual([1, 1, 1, 1, 0]);
    expect(column(result, 'precision')).toEqual([0.6, 0.6, 1, 1, null]);
    expect(result.labels).toEqual({ bad: 3, good: 2 });
  });

  it('counts pauses by agent-hours, false ones by the labels', async () => {
    const result = await sweep(LABELS);
    // 3 agents of 11 s, 2 of 7 s.
    expect(result.agentHours).toBeCloseTo((3 * 11 + 2 * 7) / 3600, 9);
    const [, now, better] = result.points;
    expect(now?.falsePausesPer1000AgentHours).toBeGreaterThan(0);
    expect(better).toMatchObject({ pauses: 3, agentsPaused: 3, falsePausesPer1000AgentHours: 0 });
    expect(better?.pausesPer1000AgentHours).toBeCloseTo((1000 * 3) / result.agentHours, 6);
  });

  it('without labels names no best value', async () => {
    const result = await sweep(undefined);
    expect([result.best, result.labels, result.points[0]?.labelled]).toEqual([null, null, null]);
    const pauses = result.points.map((point) => point.pauses);
    expect(pauses).toEqual(pauses.toSorted((a, b) => b - a));
    expect(pauses.at(-1)).toBe(0);
  });

  it('learns from a warm-up without counting it', async () => {
    const [whole, later] = [await sweep(LABELS), await sweep(LABELS, 15)];
    expect(later.decisions).toBe(whole.decisions - 15);
    // The fifth repeats come after the warm-up, and are the fifth because of it.
    expect(later.points.find(({ value }) => value === 5)?.agentsPaused).toBe(3);
    expect(later.agentHours).toBeLessThan(whole.agentHours);
  });
});
