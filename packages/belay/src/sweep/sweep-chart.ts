import { INK } from '../plot/chart-theme.ts';
import type { ChartSpec } from '../plot/chart-to-svg.ts';
import type { SweepPoint, SweepResult } from './run-sweep.ts';
import { findingOf, sampleOf } from './sweep-text.ts';

type Row = Readonly<Record<string, string | number | boolean | null>>;
type Part = Extract<ChartSpec, { vconcat: unknown }>['vconcat'][number];
type Layer = Extract<Part, { layer: unknown }>['layer'][number];

const WIDTH = 560;
const TITLE_CHARACTERS = 56;
const SUBTITLE_CHARACTERS = 74;

/** Precision–recall (with labels) above the pauses per 1,000 agent-hours, the present value marked in both. */
export function sweepChart(result: SweepResult): ChartSpec {
  const values = result.points.map((point, index) => rowOf(point, index, result));
  const parts = [...(result.labels === null ? [] : [precisionRecall()]), pauses(result)];
  return {
    title: { text: wrapped(findingOf(result), TITLE_CHARACTERS), subtitle: wrapped(sampleOf(result), SUBTITLE_CHARACTERS) },
    data: { values },
    vconcat: parts,
    spacing: 28,
  };
}

function rowOf(point: SweepPoint, index: number, { present, best, labels }: SweepResult): Row {
  const { value, labelled, pausesPer1000AgentHours, falsePausesPer1000AgentHours } = point;
  const marks = [value === present ? 'now' : '', value === best && value !== present ? 'best' : ''].filter((word) => word !== '');
  return {
    value: typeof value === 'number' ? value : String(value),
    label: [...marks, String(value)].join(' '),
    isPresent: value === present,
    isAbove: index % 2 === 1,
    recall: percentage(labelled?.recall),
    precision: percentage(labelled?.precision),
    pauses: labels === null ? pausesPer1000AgentHours : falsePausesPer1000AgentHours,
  };
}

const percentage = (share: number | null | undefined): number | null => (share === null || share === undefined ? null : 100 * share);

/** Titles do not break by themselves; a number keeps its %. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/ (?!%)/)) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length > most) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

const present = { test: 'datum.isPresent', value: INK.orange };
const marks = {
  point: { type: 'point', filled: true, opacity: 1 },
  line: { type: 'line', color: INK.blue, strokeWidth: 2 },
} as const;

function precisionRecall(): Part {
  const share = (title: string) => ({ title, type: 'quantitative' as const, scale: { domain: [0, 100] } });
  return {
    width: WIDTH,
    height: 300,
    title: { text: 'How alarms fit the labels, by value', fontSize: 12.5, offset: 8 },
    encoding: {
      x: { field: 'recall', ...share('recall, %') },
      y: { field: 'precision', ...share('precision, %') },
      order: { field: 'value' },
    },
    layer: [
      { mark: marks.line },
      {
        mark: marks.point,
        encoding: {
          color: { condition: present, value: INK.blue },
          size: { condition: { test: 'datum.isPresent', value: 160 }, value: 60 },
        },
      },
      ...[true, false].map(labelsBeside),
    ],
  };
}

/** Neighbours on the curve are close: their labels go above and below it by turns. */
function labelsBeside(above: boolean): Layer {
  return {
    transform: [{ filter: `datum.isAbove === ${above}` }],
    mark: { type: 'text', align: 'center', dy: above ? -13 : 15, fontSize: 11 },
    encoding: { text: { field: 'label' }, color: { condition: present, value: INK.text } },
  };
}

function pauses({ detector, key, points, labels }: SweepResult): Part {
  const isNumeric = points.every(({ value }) => typeof value === 'number');
  const x = { field: 'value', type: isNumeric ? 'quantitative' : 'nominal', title: `${detector}.${key}`, sort: null } as const;
  const most = Math.max(
    0,
    ...points.map((point) => (labels === null ? point.pausesPer1000AgentHours : point.falsePausesPer1000AgentHours) ?? 0),
  );
  const what = labels === null ? 'pauses' : 'false pauses';
  return {
    width: WIDTH,
    height: 200,
    title: { text: `What it costs: ${what} by value`, fontSize: 12.5, offset: 8 },
    encoding: {
      x: isNumeric
        ? {
            ...x,
            // As it was given: rounded as ticks are by default, 0.5 reads 1.
            axis: { values: points.map(({ value }) => Number(value)), labelExpr: 'datum.value', grid: false },
            scale: { zero: false, nice: false, padding: 14 },
          }
        : { ...x, axis: { labelAngle: 0 } },
      y: {
        field: 'pauses',
        type: 'quantitative',
        title: 'per 1,000 agent-hours',
        scale: { domain: [0, most > 0 ? 1.08 * most : 1] },
      },
    },
    layer: [
      ...(isNumeric ? [{ mark: marks.line }] : []),
      {
        transform: [{ filter: 'datum.isPresent' }],
        mark: { type: 'rule', strokeDash: [4, 4], color: INK.orange },
        encoding: { y: { value: 0 }, y2: { value: 'height' } },
      },
      {
        mark: marks.point,
        encoding: {
          color: { condition: present, value: INK.blue },
          size: { condition: { test: 'datum.isPresent', value: 160 }, value: 60 },
        },
      },
      {
        transform: [{ filter: 'datum.isPresent' }],
        mark: { type: 'text', align: 'left', dx: 10, dy: -10, fontSize: 11, color: INK.orange },
        encoding: { text: { field: 'label' } },
      },
    ],
  };
}
