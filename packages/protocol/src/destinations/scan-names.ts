import { hasHostEnding } from './domain-name.ts';
import { addTo, MAX_DESTINATIONS } from './found.ts';
import { normaliseHost } from './host.ts';

const NAME_MAX = 253;
const DOT = 46;
const ADDRESS: RegExp = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const NAME: RegExp = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}$/u;
const PORT: RegExp = /:(\d{1,5})(?![\d\w])/y;
/** What may not stand directly before a name (it belongs to an address, a path, an escape), and what may not follow one (it is a call, a file, a person). */
const NOT_BEFORE = '@/\\_';
const NOT_AFTER = '(@_';

/**
 * Adds `host:` for IPv4 addresses and, in prose, for bare dotted names, outside of the spans given (start and end of each, flat, in order). Looks at the
 * dots of a text and at what is around them: most texts have few.
 */
export function scanNames(text: string, spans: readonly number[], options: { readonly names: boolean; readonly hosts: string[] }): void {
  let span = 0;
  let next = 0;
  for (
    let dot = text.indexOf('.');
    dot >= 0 && options.hosts.length <= MAX_DESTINATIONS;
    dot = text.indexOf('.', Math.max(dot + 1, next))
  ) {
    while (span < spans.length && (spans[span + 1] ?? 0) <= dot) span += 2;
    if (span < spans.length && (spans[span] ?? 0) <= dot) {
      next = spans[span + 1] ?? 0;
      continue;
    }
    if (!isNameUnit(text.charCodeAt(dot - 1)) || !isNameUnit(text.charCodeAt(dot + 1))) continue;
    const start = startOf(text, dot, next);
    next = endOf(text, dot);
    addName(text, start, next, options);
  }
}

function addName(text: string, start: number, end: number, { names, hosts }: { readonly names: boolean; readonly hosts: string[] }): void {
  if (end - start > NAME_MAX || (start > 0 && NOT_BEFORE.includes(text[start - 1] ?? ''))) return;
  const written = text.slice(start, text.charCodeAt(end - 1) === DOT ? end - 1 : end);
  if (isDigit(written.charCodeAt(0)) && ADDRESS.test(written)) addAddress(text, { written, end, before: text[start - 1] ?? '' }, hosts);
  else if (names && !(end < text.length && NOT_AFTER.includes(text[end] ?? '')) && NAME.test(written) && hasHostEnding(written, 'text'))
    addHost(hosts, written, '');
}

/** An address, with the port that follows it; `[1.2.3.4]` after an `@` is a mail domain and was found as one. */
function addAddress(
  text: string,
  { written, end, before }: { readonly written: string; readonly end: number; readonly before: string },
  hosts: string[],
): void {
  if (before === '[' || before === '-' || normaliseHost(written) !== written) return;
  PORT.lastIndex = end;
  const port = PORT.exec(text)?.[1];
  addHost(hosts, written, port === undefined ? '' : `:${Number(port)}`);
}

function addHost(hosts: string[], written: string, port: string): void {
  const host = normaliseHost(written);
  if (host !== undefined) addTo(hosts, `host:${host}${port}`);
}

function startOf(text: string, from: number, least: number): number {
  let at = from;
  while (at > least && from - at < NAME_MAX && isNamePart(text.charCodeAt(at - 1))) at--;
  return at;
}

function endOf(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && at - from < NAME_MAX && isNamePart(text.charCodeAt(at))) at++;
  return at;
}

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
/** Letters, digits and everything beyond ASCII; the whole is looked at more closely afterwards. */
const isNameUnit = (unit: number): boolean => (unit >= 97 && unit <= 122) || isDigit(unit) || (unit >= 65 && unit <= 90) || unit >= 0x80;
const isNamePart = (unit: number): boolean => isNameUnit(unit) || unit === DOT || unit === 45;
