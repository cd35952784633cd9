import { formatDuration } from './duration.ts';
import type { Colours } from './terminal.ts';

/** One leg of a delay: what its end is called, and how long it took. */
export interface Leg {
  readonly name: string;
  readonly durationUs: number;
}

const SHADES = ['█', '▓', '▒', '░'] as const;

/**
 * Two lines: a bar in which each leg is as long as its share of the time (at least one cell), and what each leg was.
 * @param width cells of the bar.
 */
export function drawDelayBar(legs: readonly Leg[], width: number, colours: Colours): [bar: string, legend: string] {
  const paints = [colours.yellow, colours.magenta, colours.green, colours.cyan];
  const total = legs.reduce((sum, leg) => sum + Math.max(0, leg.durationUs), 0);
  const cells = shareCells(
    legs.map((leg) => Math.max(0, leg.durationUs)),
    width,
  );
  const paint = (index: number, text: string): string => (paints[index % paints.length] ?? colours.dim)(text);
  const shade = (index: number): string => SHADES[index % SHADES.length] ?? '█';
  const bar = legs.map((_, index) => paint(index, shade(index).repeat(cells[index] ?? 0))).join('');
  const legend = legs
    .map((leg, index) => `${paint(index, shade(index))} ${leg.name} ${colours.dim(`+${formatDuration(leg.durationUs)}`)}`)
    .join('  ');
  return [`${bar} ${colours.bold(formatDuration(total))}`, legend];
}

/** Whole cells in proportion, each at least one, in all exactly `width` (or one each, when there are more legs than cells). */
export function shareCells(shares: readonly number[], width: number): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const spare = Math.max(0, width - shares.length);
  if (shares.length === 0) return [];
  const exact = shares.map((share) => (total === 0 ? spare / shares.length : (share / total) * spare));
  const cells = exact.map((value) => 1 + Math.floor(value));
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  let left = shares.length + spare - cells.reduce((sum, cell) => sum + cell, 0);
  for (const { index } of order) {
    if (left <= 0) break;
    cells[index] = (cells[index] ?? 0) + 1;
    left -= 1;
  }
  return cells;
}
