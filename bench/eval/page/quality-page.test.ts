import { chartToSvg } from 'belay';
import { describe, expect, it } from 'vitest';
import { formatJson } from '../format-json.ts';
import type { CorpusResult, Judged } from '../results.ts';
import { qualityCharts } from './quality-charts.ts';
import { qualityPage } from './quality-page.ts';
import { resultsOf } from './quality-results.ts';
import { readingAt, readingText } from './reading.ts';

const RUN = {
  v: 1,
  measured: '2026-01-05T08:00:00.000Z',
  commit: 'abc1234',
  node: 'v24.0.0',
  machine: { cpu: 'a machine', cores: 2 },
} as const;
const share = (k: number, n: number) => ({ k, n, pct: (100 * k) / n, ci95: [10, 90] });

function judged(k: number): Judged {
  const metrics = { recall_halted: share(k, 10), false_alarms_correct: share(0, 20), lead_calls_before_end: { n: k, median: 2, p90: 3 } };
  return { detectors: { loop: { all: metrics, a: metrics, b: metrics } }, pauses: { k: 0, n: 20 }, seconds: 1.5 };
}

const react: CorpusResult = {
  ...RUN,
  ...{ corpus: 'react', seed: 1, units: 30, decisions: 99, config: 'as shipped' },
  ...{ on: judged(8), off: judged(7), floors: { always: judged(2) } },
};

const files = (...order: string[]) => new Map(order.map((name) => [name, name === 'react' ? react : { ...react, corpus: name }]));

describe('the page of detection quality', () => {
  it('is a pure function of the results', async () => {
    const results = resultsOf(files('react', 'tau'));
    const page = qualityPage(results, qualityCharts(results));
    const again = resultsOf(structuredClone(files('react', 'tau')));
    expect(qualityPage(again, qualityCharts(again))).toBe(page);
    for (const [index, { spec }] of qualityCharts(results).entries()) {
      expect(await chartToSvg(spec)).toBe(await chartToSvg(qualityCharts(again)[index]?.spec ?? expect.fail('no chart')));
    }
  });

  it('puts ours, both halves, the reference and the target beside each other', () => {
    const results = resultsOf(files('react'));
    const row = qualityPage(results, qualityCharts(results))
      .split('\n')
      .find((line) => line.startsWith('| halted runs'));
    expect(row).toBe(
      '| halted runs with an alarm | **80 % [10–90] (8/10)** | 70 % (7/10) | 80 % (8/10) | 80 % (8/10) | 20 % (2/10) | 76 % | ≥ 80 % |',
    );
  });

  it('says what was not measured, and when and of what the rest was', () => {
    const page = qualityPage(resultsOf(files('react')), []);
    expect(page).toMatch(/### agentdojo\n[\s\S]*?Not measured\./);
    expect(page).toContain('| react | 2026-01-05 08:00 | abc1234 | v24.0.0 | a machine, 2 cores | 1.5 / 1.5 |');
    expect(page).not.toContain('undefined');
    expect(page).not.toContain('NaN');
  });
});

describe('a reading', () => {
  it.each([
    [share(24, 29), '82.8 % [10–90] (24/29)'],
    [{ events: 2, rate: 0.42, ci95: [0.05, 1.5] }, '0.42 [0.05–1.5] (2)'],
    [{ n: 9, median: 12, p90: 30 }, '12 (p90 30, n 9)'],
    [{ k: 0, n: 0, pct: null, ci95: null }, '–'],
    [undefined, '–'],
  ])('%j is written %s', (metric, text) => expect(readingText(readingAt({ metric }, ['metric']))).toBe(text));
});

describe('formatJson', () => {
  it('says the same as JSON.stringify, with short things in one line', () => {
    const value = { a: [1, 2, { b: null }], long: Array.from({ length: 60 }, (_, i) => `item ${i}`), none: undefined, empty: {} };
    expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    expect(formatJson(value)).toContain('"a": [1, 2, { "b": null }]');
  });
});
