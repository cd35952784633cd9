import { describe, expect, it } from 'vitest';
import { chartToSvg } from '../plot/chart-to-svg.ts';
import type { SweepPoint, SweepResult } from './run-sweep.ts';
import { sweepChart } from './sweep-chart.ts';
import { sweepPage } from './sweep-page.ts';
import { findingOf } from './sweep-text.ts';

const point = (value: number, pauses: number, recall: number): SweepPoint => ({
  ...{ value, alarms: pauses, pauses, agentsPaused: pauses, pausesPer1000AgentHours: 10 * pauses, falsePausesPer1000AgentHours: pauses },
  labelled: { caught: 1, missed: 1, falseAlarms: 0, precision: 1, recall, f1: recall },
});

const labelled: SweepResult = {
  ...{ detector: 'loop', key: 'l1Loop', present: 4, best: 3, decisions: 100, agents: 7, agentHours: 12.5, labels: { bad: 2, good: 3 } },
  points: [point(3, 9, 0.9), point(4, 5, 0.5)],
};
const unlabelled: SweepResult = {
  ...labelled,
  best: null,
  labels: null,
  points: labelled.points.map((one) => ({ ...one, labelled: null })),
};

describe('the page of a sweep', () => {
  it('has the picture inside, the table, and loads nothing', async () => {
    const svg = await chartToSvg(sweepChart(labelled));
    const page = sweepPage(labelled, svg, '<traces>.jsonl');
    expect(page).toContain(svg);
    expect(page).toContain('<tr class="now"><td>4 (now)</td>');
    expect(page).toContain('<td>3 (best)</td>');
    expect(page).toContain('&lt;traces&gt;.jsonl');
    expect(page.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:|src=|<script|<link/);
    expect(sweepPage(labelled, svg, '<traces>.jsonl')).toBe(page);
  });

  it('draws precision and recall only where there are labels', async () => {
    expect(await chartToSvg(sweepChart(labelled))).toContain('recall, %');
    const svg = await chartToSvg(sweepChart(unlabelled));
    expect(svg).not.toContain('recall');
    expect(svg).toContain('now 4');
    expect(sweepPage(unlabelled, svg, 'history')).not.toContain('precision');
  });

  it('says the values on the axis as they are, not rounded', async () => {
    const points = [point(0.25, 9, 0), point(0.5, 7, 0), point(1, 5, 0)];
    const svg = await chartToSvg(sweepChart({ ...unlabelled, present: 1, points }));
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(texts).toEqual(expect.arrayContaining(['0.25', '0.5', '1']));
  });

  it('breaks no title between a number and its %', () => {
    const long = { ...labelled, key: 'l'.repeat(26) };
    const lines = Array.from({ length: 20 }, (_, more) => sweepChart({ ...long, key: long.key + 'x'.repeat(more) }).title);
    expect(lines.flatMap((title) => Object(title).text).filter((line) => line.startsWith('%'))).toEqual([]);
  });

  it('titles say what was found', () => {
    expect(findingOf(labelled)).toBe(
      "loop.l1Loop: 3 fits the labels best (recall 90 %, precision 100 %), today's 4 less (recall 50 %, precision 100 %)",
    );
    expect(findingOf({ ...labelled, best: 4 })).toContain('= 4 fits the labels best');
    expect(findingOf(unlabelled)).toBe('loop.l1Loop from 3 to 4: 9 pauses become 5');
  });
});
