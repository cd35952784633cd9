import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { SweepValue } from './sweep-parameter.ts';

/** More curves than anyone reads, and as many pipelines at once. */
const VALUES_MAX = 50;

export interface SweepValueOptions {
  readonly values?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly steps?: number | undefined;
}

/**
 * The values to try, the present one among them, numbers in order.
 * @throws CliError when neither `values` nor all of `from`, `to` and `steps` are given.
 */
export function sweepValues(options: SweepValueOptions, present: SweepValue): readonly SweepValue[] {
  const given = options.values === undefined ? range(options) : options.values.map((text) => read(text, present));
  const values = [...new Set([...given, present])];
  if (values.length > VALUES_MAX)
    throw new CliError(EXIT.usage, `${values.length} values are too many for one picture; give at most ${VALUES_MAX}.`);
  return values.every((value) => typeof value === 'number') ? values.toSorted((a, b) => a - b) : values;
}

/** A word is read as what the setting is now: a number, true or false, or a text. */
function read(text: string, present: SweepValue): SweepValue {
  if (typeof present === 'string') return text;
  if (typeof present === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (typeof present === 'number' && Number.isFinite(number)) return number;
  throw new CliError(EXIT.usage, `"${text}" is no value for a setting that is ${String(present)} now (${typeof present}).`);
}

function range({ from, to, steps }: SweepValueOptions): number[] {
  if (from === undefined || to === undefined || steps === undefined)
    throw new CliError(EXIT.usage, 'Say which values to try.', { hint: '--values 3,4,5,6 or --from 2 --to 8 --steps 7' });
  // Twelve digits: 0.1 + 0.2 is 0.3 to whoever reads the table.
  return Array.from({ length: steps }, (_, index) => Number((from + ((to - from) * index) / Math.max(1, steps - 1)).toPrecision(12)));
}
