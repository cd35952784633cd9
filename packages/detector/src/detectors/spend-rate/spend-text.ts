/** An amount for people: dollars of nano-USD, or calls. */
export const amountText = (by: 'cost' | 'count', amount: number): string =>
  by === 'cost' ? `${(amount / 1e9).toFixed(amount >= 1e9 ? 2 : 4)} USD` : `${Math.round(amount)} calls`;

/** Seconds as a person would say them. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
