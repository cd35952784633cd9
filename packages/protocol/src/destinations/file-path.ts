import { addTo } from './found.ts';
import { normaliseHost } from './host.ts';
import { templateSegment } from './segment.ts';

const ROOTED: RegExp = /^(?:\/(?!\/)|~[\w.-]{0,32}[/\\]|\.{1,2}[/\\]|[A-Za-z]:[/\\]|\\\\|file:)/;
const KEPT = 2;
const SEGMENT_MAX = 100;

/** True for what can hardly be anything but a path: it starts at a root, a home, `./`, a drive, or a share. */
export const isPathLike = (value: string): boolean => value.length <= 4096 && ROOTED.test(value) && !/[\n\r]/.test(value);

/** Adds `file:` + the first two segments after `.` and `..` are resolved; for a network share or a file URL with a host also `host:`. */
export function addFilePath(found: string[], value: string): void {
  const path = value.slice(0, 4096).replace(/\0.*$/s, '');
  const share = /^(?:file:\/\/|\\\\|\/\/)([^/\\]{1,253})(.*)$/is.exec(path);
  if (share === null) {
    addTo(found, `file:${rootOf(path.replace(/^file:(?:\/\/)?/i, ''))}`);
    return;
  }
  const host = share[1]?.toLowerCase() === 'localhost' ? undefined : normaliseHost(share[1] ?? '');
  if (host !== undefined) addTo(found, `host:${host}`);
  addTo(found, `file:${host === undefined ? '' : `//${host}`}${rootOf(share[2] ?? '/')}`);
}

function rootOf(path: string): string {
  const slashed = path.replaceAll('\\', '/').replace(/^([A-Za-z]):/, (drive) => `/${drive.toLowerCase()}`);
  const absolute = slashed.startsWith('/');
  const segments = resolved(slashed.split('/', 64), absolute)
    .slice(0, KEPT)
    .map((segment) => templateSegment(segment.slice(0, SEGMENT_MAX)));
  const root = segments.join('/').trim();
  return (absolute ? '/' : '') + (root === '' && !absolute ? '.' : root);
}

function resolved(parts: readonly string[], absolute: boolean): string[] {
  const segments: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    const last = segments.at(-1);
    if (part !== '..') segments.push(part);
    else if (last !== undefined && last !== '..') segments.pop();
    else if (!absolute) segments.push('..');
  }
  return segments;
}
