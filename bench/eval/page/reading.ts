/** A measured value as the scorer gives it: a share with its Wilson interval, a rate with its Poisson interval, or quantiles of delays. */
export type Reading =
  | { readonly kind: 'share'; readonly value: number; readonly low: number; readonly high: number; readonly k: number; readonly n: number }
  | { readonly kind: 'rate'; readonly value: number; readonly low: number; readonly high: number; readonly n: number }
  | { readonly kind: 'median'; readonly value: number; readonly p90: number; readonly n: number }
  | { readonly kind: 'none' };

const NONE: Reading = { kind: 'none' };

/** The value at a path into the scorer's metrics; `none` where there is nothing, or nothing to take a share of. */
export function readingAt(metrics: unknown, path: readonly string[]): Reading {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    metrics,
  );
  if (typeof found !== 'object' || found === null) return NONE;
  const value = found as Record<string, unknown>;
  const [low, high] = Array.isArray(value.ci95) ? (value.ci95 as number[]) : [];
  const n = Number(value.n);
  if (typeof value.pct === 'number') return { kind: 'share', value: value.pct, low: low ?? 0, high: high ?? 100, k: Number(value.k), n };
  if (typeof value.rate === 'number')
    return { kind: 'rate', value: value.rate, low: low ?? 0, high: high ?? value.rate, n: Number(value.events) };
  if (typeof value.median === 'number') return { kind: 'median', value: value.median, p90: Number(value.p90), n };
  return NONE;
}

const short = (value: number): string => String(Number(value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)));

/** `82.8 % [65.5–92.4] (24/29)`, `0.4 [0.1–1.2] (1)`, `12 (p90 30, n 9)`; a dash for nothing. */
export function readingText(reading: Reading): string {
  switch (reading.kind) {
    case 'share':
      return `${short(reading.value)} % [${short(reading.low)}–${short(reading.high)}] (${reading.k}/${reading.n})`;
    case 'rate':
      return `${short(reading.value)} [${short(reading.low)}–${short(reading.high)}] (${reading.n})`;
    case 'median':
      return `${short(reading.value)} (p90 ${short(reading.p90)}, n ${reading.n})`;
    case 'none':
      return '–';
  }
}

/** The same without its interval: for halves and floors, which stand beside the figure that has it. */
export function plainText(reading: Reading): string {
  switch (reading.kind) {
    case 'share':
      return `${short(reading.value)} % (${reading.k}/${reading.n})`;
    case 'rate':
      return short(reading.value);
    case 'median':
      return short(reading.value);
    case 'none':
      return '–';
  }
}
