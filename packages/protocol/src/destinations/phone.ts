/** Country calling codes of one and two digits (ITU-T E.164); all others have three. */
const SHORT_CODES: ReadonlySet<string> = new Set(
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);
const WRITTEN: RegExp = /^(?:tel:|sms:)?(?:\+|00)[\d\s().-]{7,24}$/i;
const NATIONAL: RegExp = /^[\d\s().-]{5,24}$/;
const IN_TEXT: RegExp = /\+\d[\d ().-]{6,20}\d/y;

/** `tel:+<country calling code>` of a number written as the whole value; `tel:national` for one without a country in an argument for phones. */
export function phoneOf(value: string, isPhoneRole: boolean): string | undefined {
  if (value.length > 32) return undefined;
  if (WRITTEN.test(value)) return ofDigits(value.replaceAll(/\D/g, '').replace(/^00/, ''));
  return isPhoneRole && NATIONAL.test(value) ? 'tel:national' : undefined;
}

/** The number that starts with the `+` at `at`, if one does. */
export function phoneAt(text: string, at: number): string | undefined {
  const before = text[at - 1];
  if (before !== undefined && /[\w+]/.test(before)) return undefined;
  IN_TEXT.lastIndex = at;
  const written = IN_TEXT.exec(text)?.[0];
  return written === undefined ? undefined : ofDigits(written.replaceAll(/\D/g, ''));
}

function ofDigits(digits: string): string | undefined {
  if (digits.length < 7 || digits.length > 15 || digits.startsWith('0')) return undefined;
  const code = [1, 2].map((size) => digits.slice(0, size)).find((prefix) => SHORT_CODES.has(prefix));
  return `tel:+${code ?? digits.slice(0, 3)}`;
}
