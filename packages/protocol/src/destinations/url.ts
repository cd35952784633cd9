import { addTo, MAX_LENGTH } from './found.ts';
import { canonicalHostname, normaliseHost } from './host.ts';
import { repositoryOfPath } from './repository.ts';
import { templateSegment } from './segment.ts';

const MAX_SEGMENTS = 6;
const PLAIN: RegExp = /^(https?):\/\/((?:[a-z0-9-]+\.)+[a-z]{2,24})((?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)\/?(?:\?[^#\\@]*)?$/;
const UNRESERVED: RegExp = /^[A-Za-z0-9._~-]+$/;

/**
 * Adds `scheme://host[:port]/path`, ids in the path templated, user, password, query and fragment dropped; and `repo:owner/name` for the
 * well-known forges. False when it is no URL with a host.
 */
export function addUrl(found: string[], text: string): boolean {
  const plain = text.length <= 2048 ? PLAIN.exec(text) : null;
  if (plain !== null && !text.includes('xn--')) return add(found, plain[1] ?? '', plain[2] ?? '', plain[3] ?? '');
  const url = URL.parse(text.replace(/^jdbc:/i, ''));
  if (url === null || url.hostname === '') return false;
  const scheme = url.protocol.slice(0, -1);
  const host = isSpecial(scheme) ? canonicalHostname(url.hostname) : normaliseHost(url.hostname);
  return host !== undefined && add(found, scheme, url.port === '' ? host : `${host}:${url.port}`, url.pathname);
}

const isSpecial = (scheme: string): boolean =>
  scheme === 'https' || scheme === 'http' || scheme === 'ws' || scheme === 'wss' || scheme === 'ftp';

function add(found: string[], scheme: string, host: string, path: string): boolean {
  const base = `${scheme}://${host}`;
  const destination = path === '' || path === '/' ? base : base + templatePath(path);
  addTo(found, destination.length > MAX_LENGTH ? base.slice(0, MAX_LENGTH) : destination);
  const repository = repositoryOfPath(host, path);
  if (repository !== undefined) addTo(found, repository);
  return true;
}

function templatePath(path: string): string {
  let template = '';
  let kept = 0;
  for (const segment of path.split('/', 32)) {
    const plain = plainSegment(segment);
    if (plain === '' || plain === '.' || plain === '..') continue;
    if (kept++ >= MAX_SEGMENTS) break;
    template += `/${templateSegment(plain)}`;
  }
  return template;
}

/** Without matrix parameters; percent-encoding undone where it hid nothing but ordinary characters, or our own `{id}`. */
function plainSegment(segment: string): string {
  const bare = segment.split(';', 1)[0] ?? '';
  if (!bare.includes('%')) return bare;
  try {
    const decoded = decodeURIComponent(bare);
    return decoded === '{id}' || UNRESERVED.test(decoded) ? decoded : bare.toUpperCase();
  } catch {
    return bare.toUpperCase();
  }
}
