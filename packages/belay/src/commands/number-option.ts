import { InvalidArgumentError } from 'commander';

/** Parses an option that is a whole number of things, 1 to `max`. @throws InvalidArgumentError, which names the option. */
export const parseCount =
  (max: number) =>
  (text: string): number => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (count < 1 || count > max) throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
    return count;
  };

/** Parses an option in seconds, 0 to an hour, fractions allowed. @throws InvalidArgumentError, which names the option. */
export function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= 3_600)) throw new InvalidArgumentError('Give seconds: a number from 0 to 3600.');
  return seconds;
}
