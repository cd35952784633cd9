const INVISIBLE: RegExp = /[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const FULL_STOPS: RegExp = /[\u3002\uff61]/g;
const NON_ASCII: RegExp = /[^\0-\x7f]/;

/**
 * The text as software that follows Unicode would read it: compatibility forms folded (`＠` is `@`), invisible characters out, ideographic full
 * stops as dots. Look-alikes of other scripts stay apart: they are other names.
 */
export function cleanText(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? text.slice(0, maxLength) : text;
  if (!NON_ASCII.test(cut)) return cut;
  return cut.toWellFormed().normalize('NFKC').replaceAll(INVISIBLE, '').replaceAll(FULL_STOPS, '.').slice(0, maxLength);
}
