import { decision } from '@belay/testkit';
import { describe, expect, it } from 'vitest';
import { RunSequences } from './run-sequences.ts';

const at = (seq: number, startUs: number, runId = 'run-1') => decision({ runId, seq, startUs });

describe('the decisions of a run', () => {
  it('are known when a recording is sent again, however long it is', () => {
    const runs = new RunSequences();
    const recording = Array.from({ length: 5_000 }, (_, i) => at(i + 1, i * 1_000));
    expect(recording.filter((event) => runs.isRepeat(event))).toEqual([]);
    expect(recording.every((event) => runs.isRepeat(event))).toBe(true);
  });

  it('are new when they arrive late and out of order', () => {
    const runs = new RunSequences();
    for (const event of [at(1, 1), at(90, 90), at(3, 3), at(2, 2)]) expect(runs.isRepeat(event)).toBe(false);
  });

  it('are new when the agent numbers them wrongly: started later is never a repeat', () => {
    const runs = new RunSequences();
    for (let i = 0; i < 100; i++) expect(runs.isRepeat(at(1, i))).toBe(false);
  });

  it('are apart from those of another run, and from their proposals', () => {
    const runs = new RunSequences();
    runs.isRepeat(at(1, 1));
    expect(runs.isRepeat(at(1, 1, 'run-2'))).toBe(false);
    expect(runs.isRepeat({ ...at(1, 1), kind: 'proposal' })).toBe(false);
  });

  it('are still known after a restart', () => {
    const before = new RunSequences();
    for (let i = 1; i <= 100; i++) before.isRepeat(at(i, i));
    const after = new RunSequences();
    after.restore(before.snapshot());
    expect(after.isRepeat(at(77, 77))).toBe(true);
    expect(after.isRepeat(at(101, 101))).toBe(false);
  });

  it('of the last 256 runs are kept, and no more', () => {
    const runs = new RunSequences();
    for (let i = 0; i < 300; i++) runs.isRepeat(at(1, 1, `run-${i}`));
    expect(runs.isRepeat(at(1, 1, 'run-299'))).toBe(true);
    expect(runs.isRepeat(at(1, 1, 'run-0'))).toBe(false);
    expect((runs.snapshot() as unknown[]).length).toBe(256);
  });

  it('take no more room for runs that claim high numbers: the oldest runs are forgotten instead', () => {
    const runs = new RunSequences();
    for (let i = 0; i < 256; i++) runs.isRepeat(at(65_535, 1, `run-${i}`));
    expect(JSON.stringify(runs.snapshot()).length).toBeLessThan(100_000);
    expect(runs.isRepeat(at(65_535, 1, 'run-255'))).toBe(true);
    expect(runs.isRepeat(at(65_535, 1, 'run-0'))).toBe(false);
    for (let i = 0; i < 20; i++) expect(runs.isRepeat(at(1, 1, `short-${i}`))).toBe(false);
    expect(runs.isRepeat(at(65_535, 1, 'run-255'))).toBe(true);
  });
});
