const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * One character per cell, low to high between the least and the most of the values; the middle bar when they are all equal. More values than
 * cells: each cell shows the mean of its share. '' for none.
 */
export function sparkline(values: readonly number[], cells: number): string {
  const shown = values.length <= cells ? values : Array.from({ length: cells }, (_, cell) => meanOf(values, cell, cells));
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const levels = BARS.length - 1;
  const barOf = (value: number): string =>
    BARS[most === least ? levels >> 1 : Math.round(((value - least) / (most - least)) * levels)] ?? '';
  return shown.map(barOf).join('');
}

function meanOf(values: readonly number[], cell: number, cells: number): number {
  const part = values.slice(Math.floor((cell * values.length) / cells), Math.floor(((cell + 1) * values.length) / cells));
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}
