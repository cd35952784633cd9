import { addTo } from './found.ts';

const FORGES: ReadonlySet<string> = new Set([
  'github.com',
  'www.github.com',
  'api.github.com',
  'raw.githubusercontent.com',
  'gitlab.com',
  'bitbucket.org',
  'codeberg.org',
]);
const OWNER_AND_NAME: RegExp = /^([A-Za-z0-9][\w.-]{0,99})\/([\w.-]{1,100})$/;
const SSH: RegExp = /^(?:[\w.-]{1,64}@)?([\w.-]{1,253}):(?!\/\/)([\w.-]{1,100})\/([\w.-]{1,100}?)(?:\.git)?\/?$/;

/** `repo:owner/name`, in lower case as the forges compare them; undefined when the text is no `owner/name`. */
export function repositoryOf(text: string): string | undefined {
  const parts = OWNER_AND_NAME.exec(text);
  return parts === null ? undefined : named(parts[1] ?? '', parts[2] ?? '');
}

/** The repository that a URL of a well-known forge is about. */
export function repositoryOfPath(host: string, path: string): string | undefined {
  if (!FORGES.has(host)) return undefined;
  const segments = path.split('/', 8).filter((segment) => segment !== '');
  if (segments[0] === 'repos' && host === 'api.github.com') segments.shift();
  const [owner, name] = segments;
  return owner === undefined || name === undefined ? undefined : repositoryOf(`${owner}/${name}`);
}

/** Adds the repository and the host of `git@host:owner/name.git`; false when it is none. */
export function addSshRepository(found: string[], text: string): boolean {
  if (!text.includes(':') || text.length > 512) return false;
  const parts = SSH.exec(text);
  if (parts === null || !(text.includes('@') || text.endsWith('.git'))) return false;
  addTo(found, named(parts[2] ?? '', parts[3] ?? ''));
  addTo(found, `host:${(parts[1] ?? '').toLowerCase()}`);
  return true;
}

const named = (owner: string, name: string): string => `repo:${owner}/${name.replace(/\.git$/, '')}`.toLowerCase();
