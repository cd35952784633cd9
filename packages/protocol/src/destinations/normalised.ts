import { addFilePath } from './file-path.ts';
import { addTo } from './found.ts';
import { normaliseHostAndPort } from './host.ts';
import { addMailAt, domainOf } from './mail.ts';
import { repositoryOf } from './repository.ts';

const PREFIXED: RegExp = /^(mailto|host|account|repo|file|db|tel|exec|agent|handle|other):/;
/** Kinds that are kept as they are, and how they are written. */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  account: /^account:[A-Z]{2}[0-9a-f]{16}$/,
  db: /^db:[a-z]{1,16}:(?:\*|[\p{L}\p{N}_.$-]{1,200})$/u,
  tel: /^tel:(?:\+[1-9]\d{0,2}|national)$/,
  exec: /^exec:[\w.+-]{1,64}(?: [A-Za-z][\w:.@/-]{0,63})?$/,
  agent: /^agent:[\p{L}\p{N}][\p{L}\p{N}\p{M} _.:/@-]{0,127}$/u,
  handle: /^handle:[@#][\p{L}\p{N}_.-]{1,80}$/u,
  other: /^other:[a-z-]{1,32}$/,
};

/** Adds a value that is a destination already, so that normalising twice changes nothing; false when it is not written as one. */
export function addNormalised(found: string[], value: string): boolean {
  const kind = PREFIXED.exec(value)?.[1];
  if (kind === undefined) return false;
  const rest = value.slice(kind.length + 1);
  const written = WRITTEN[kind];
  if (written !== undefined) return written.test(value) && addTo(found, value);
  if (kind === 'file') addFilePath(found, value);
  else if (kind === 'host') return addIfAny(found, 'host:', normaliseHostAndPort(rest));
  else if (kind === 'repo') return addIfAny(found, '', repositoryOf(rest));
  else return addMailto(found, rest);
  return true;
}

function addMailto(found: string[], rest: string): boolean {
  const before = found.length;
  const at = rest.lastIndexOf('@');
  if (/[?,;\s]/.test(rest)) return false;
  if (at >= 0) addMailAt(found, rest, at);
  else addIfAny(found, 'mailto:', domainOf(rest));
  return found.length > before;
}

const addIfAny = (found: string[], prefix: string, destination: string | undefined): boolean =>
  destination !== undefined && addTo(found, prefix + destination);
