const WHOLE: RegExp = /^@[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,62}[\p{L}\p{N}_])?$/u;
const IN_TEXT: RegExp = /@[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,62}[\p{L}\p{N}_])(?![\p{L}\p{N}_@./(:-])/uy;
const CHANNEL: RegExp = /^#[\p{L}\p{N}][\p{L}\p{N}_-]{0,79}$/u;

/** `handle:@name` of a person, `handle:#name` of a channel, as the whole value. */
export const handleOf = (value: string): string | undefined =>
  value.length <= 80 && /^[@#]/.test(value) && (WHOLE.test(value) || CHANNEL.test(value)) ? `handle:${value.toLowerCase()}` : undefined;

/**
 * The handle at an `@` inside free text, when it stands as people write it: after a space or an opening bracket, in a line that does not begin with
 * it alone (that is a decorator of a program).
 */
export function handleAt(text: string, at: number): string | undefined {
  const before = at === 0 ? ' ' : (text[at - 1] ?? '');
  if (!/[\s(,;"'“‘>]/u.test(before)) return undefined;
  IN_TEXT.lastIndex = at;
  const written = IN_TEXT.exec(text)?.[0];
  return written === undefined || isAloneOnLine(text, at, at + written.length) ? undefined : `handle:${written.toLowerCase()}`;
}

function isAloneOnLine(text: string, start: number, end: number): boolean {
  if (text[end] !== '\n' && end < text.length) return false;
  let at = start - 1;
  while (at >= 0 && start - at < 200 && (text[at] === ' ' || text[at] === '\t')) at--;
  return at < 0 || text[at] === '\n';
}
