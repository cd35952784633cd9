/** US dollars as the exact integer nano-dollars that Belay counts in. `usd(0.002)` = 2,000,000. */
export const usd = (dollars: number): number => Math.round(dollars * 1_000_000_000);
