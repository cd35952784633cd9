import { InvalidArgumentError } from 'commander';

const UNIT_US: Readonly<Record<string, number>> = { s: 1e6, m: 6e7, h: 3.6e9, d: 8.64e10, w: 6.048e11 };

/** Parses an option that names a span of time, µs: `90m`, `12h`, `7d`. @throws InvalidArgumentError, which names the option. */
export function parseSpan(text: string): number {
  const spanUs = spanOf(text);
  if (spanUs === undefined) throw new InvalidArgumentError('Give a span of time: 90m, 12h, 7d.');
  return spanUs;
}

/** `90m`, `12h`, `7d` in µs; undefined when it is no span of time. */
export function spanOf(text: string): number | undefined {
  const parts = /^(\d{1,6})([smhdw])$/.exec(text);
  return parts === null ? undefined : Number(parts[1]) * (UNIT_US[parts[2] ?? ''] ?? 0);
}

/**
 * Parses an option that names an instant, µs: how long ago (`90m`, `12h`, `7d`), or a date or time as in ISO 8601.
 * @throws InvalidArgumentError, which names the option.
 */
export const parseInstant =
  (nowUs: () => number) =>
  (text: string): number => {
    const agoUs = spanOf(text);
    if (agoUs !== undefined) return nowUs() - agoUs;
    const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(ms)) throw new InvalidArgumentError('Give how long ago (90m, 12h, 7d) or a time (2026-11-20T14:00:00Z).');
    return ms * 1000;
  };
