/** Time of day as explanations say it, e.g. `08:15:04 UTC`; what no clock shows is said so. @param us µs since 1970. */
export function clockTime(us: number): string {
  const date = new Date(us / 1000);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(11, 19)} UTC`;
}

/** A name of an agent's making, short enough for a sentence. */
export const shortName = (name: string): string => (name.length <= 80 ? name : `${name.slice(0, 79)}…`);
