import { addTo } from './found.ts';
import { normaliseHost } from './host.ts';

const LOCAL_MAX = 64;
const LOCAL: RegExp = /[\p{L}\p{N}._%+~-]/u;
const DOMAIN: RegExp = /\[[0-9a-fA-FIPv:.]{2,64}\]|[\p{L}\p{N}.-]{1,253}/uy;
const NAMED: RegExp = /\.[\p{L}][\p{L}\p{N}-]*$/u;
const ADDRESS: RegExp = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Adds the two keys of the address around the `@` at `at`: `mailto:domain` and `mailto:local@domain` (a known domain with a new person is less
 * novel than a new domain). Returns where the address ends, or `at + 1` when there is none.
 */
export function addMailAt(found: string[], text: string, at: number): number {
  DOMAIN.lastIndex = at + 1;
  const written = DOMAIN.exec(text)?.[0];
  const domain = written === undefined ? undefined : domainOf(written);
  if (written === undefined || domain === undefined) return at + 1;
  const local = localBefore(text, at);
  addTo(found, `mailto:${domain}`);
  if (local !== '') addTo(found, `mailto:${local}@${domain}`);
  return at + 1 + written.length;
}

/** The mail domain in one spelling; undefined for what is none (`lodash@4.17.21`, `user@host`). */
export function domainOf(written: string): string | undefined {
  if (written.startsWith('[')) return normaliseHost(written.slice(1, -1).replace(/^IPv6:/i, ''));
  const trimmed = written.replace(/[.-]+$/, '').replace(/^\.+/, '');
  return NAMED.test(trimmed) || ADDRESS.test(trimmed) ? normaliseHost(trimmed) : undefined;
}

function localBefore(text: string, at: number): string {
  let start = at;
  while (start > 0 && at - start < LOCAL_MAX && LOCAL.test(text[start - 1] ?? '')) start--;
  return text
    .slice(start, at)
    .replace(/^[.%-]+|\.+$/g, '')
    .toLowerCase();
}
