const FRACTION_DIGITS = 9;

/** Text of a Decimal(18,9) in USD from integer nano-USD, exact: 1 → `0.000000001`. Undefined stays undefined. */
export function nanoUsdToDecimal(nanoUsd: number | undefined): string | undefined {
  if (nanoUsd === undefined) return undefined;
  const digits = Math.abs(nanoUsd)
    .toString()
    .padStart(FRACTION_DIGITS + 1, '0');
  const cut = digits.length - FRACTION_DIGITS;
  return `${nanoUsd < 0 ? '-' : ''}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}
