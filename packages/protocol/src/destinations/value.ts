import { ANY_SHAPE, HAS } from '../call/text-shape.ts';
import { accountOf } from './account.ts';
import { agentOf } from './agent.ts';
import { cleanText } from './clean-text.ts';
import { bareNameOf, hasHostEnding } from './domain-name.ts';
import { addFilePath, isPathLike } from './file-path.ts';
import { addTo } from './found.ts';
import { handleOf } from './handle.ts';
import { normaliseHost, normaliseHostAndPort } from './host.ts';
import { addNormalised } from './normalised.ts';
import { phoneOf } from './phone.ts';
import { addSshRepository, repositoryOf } from './repository.ts';
import type { Role } from './roles.ts';
import { scanText, type TextKind } from './scan-text.ts';
import { addShell } from './shell.ts';
import { addSql, isSql } from './sql.ts';
import { addUrl } from './url.ts';

const MAX_VALUE = 16_384;
/** Longer than this, a value is text and no single destination. */
const MAX_WHOLE = 2048;
const WEB_SCHEME: RegExp = /^(?:https?|wss?|ftp):/i;
const ANY_SCHEME: RegExp = /^[a-z][a-z0-9+.-]{0,31}:\/\//i;
const ADDRESS: RegExp =
  /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.%\w]+\])(?::\d{1,5})?$|^[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}$/i;

export interface ValueRole {
  readonly role: Role;
  /** True when the argument's own name says so, false when the tool's does. */
  readonly isNamed: boolean;
  /** {@link shapeOf} the value. */
  readonly shape: number;
}

/** Adds the destinations of one argument. */
export function addValue(found: string[], value: string, { role, isNamed, shape }: ValueRole): void {
  if (role === 'other' && isPlainWords(value, shape)) return;
  const text = shape === ANY_SHAPE ? cleanText(value, MAX_VALUE) : value;
  const whole = text.trim();
  if (whole === '') return;
  if (whole.length <= MAX_WHOLE && addWhole(found, whole, role, shape)) return;
  if (role === 'shell' && (isNamed || /\s/.test(whole))) addShell(found, text);
  else if (isSql(whole, role === 'sql')) addSql(found, text);
  if ((shape & IN_MENTION) !== 0) addMentions(found, text, role);
}

/** Every mention in a text has one of these. */
const IN_MENTION: number = HAS.colon | HAS.at | HAS.digit | HAS.dot;

const PLAIN_WORDS_MAX = 512;
const STATEMENT: RegExp = /^\s*(?:with|select|insert|update|delete|merge|replace|drop|alter|create|truncate|grant|revoke|copy|call|exec)/i;

/** Letters and spaces that begin like no statement: nothing in them can be a destination, and most arguments are that. */
const isPlainWords = (value: string, shape: number): boolean =>
  value.length <= PLAIN_WORDS_MAX && (shape & HAS.beyondWords) === 0 && !STATEMENT.test(value);

/** What the whole value is, where it is one thing. */
function addWhole(found: string[], whole: string, role: Role, shape: number): boolean {
  const hasColon = (shape & HAS.colon) !== 0;
  if (hasColon && addNormalised(found, whole)) return true;
  if ((hasColon || role === 'url') && addUrlValue(found, whole, role)) return true;
  if (role === 'shell' || role === 'sql' || role === 'code') return false;
  if (role === 'path' || ((shape & (HAS.slash | HAS.colon)) !== 0 && isPathLike(whole))) return addPathValue(found, whole, role);
  const key = numberOf(whole, role, shape) ?? handleOf(whole) ?? named(whole, role);
  if (key !== undefined) return addTo(found, key);
  return ((shape & (HAS.dot | HAS.colon)) !== 0 || role === 'url') && addHostValue(found, whole, role);
}

/** The account or the phone; in an argument for phones there may be one without a digit. */
const numberOf = (whole: string, role: Role, shape: number): string | undefined =>
  (shape & HAS.digit) === 0 && role !== 'phone' ? undefined : (accountOf(whole, role === 'account') ?? phoneOf(whole, role === 'phone'));

function named(whole: string, role: Role): string | undefined {
  if (role === 'agent') return agentOf(whole);
  return role === 'repository' ? repositoryOf(whole) : undefined;
}

function addUrlValue(found: string[], whole: string, role: Role): boolean {
  const joined = whole.replaceAll(/[\t\n\r]/g, '');
  const isWeb = WEB_SCHEME.test(joined);
  if (!isWeb && !(ANY_SCHEME.test(joined) && !/^file:/i.test(joined)) && !(role === 'url' && /^[/\\]{2}/.test(joined))) return false;
  if (/\s/.test(whole) && (role !== 'url' || whole.split('://', 3).length > 2)) return false;
  const isAdded = addUrl(found, /^[/\\]{2}/.test(joined) ? `https:${joined}` : joined);
  if (!isAdded && role === 'url') addTo(found, 'other:invalid-url');
  return isAdded || role === 'url';
}

function addPathValue(found: string[], whole: string, role: Role): boolean {
  if (role !== 'path' && /\s/.test(whole)) return false;
  if (whole.length > 1024 || /[\n\r]/.test(whole)) return false;
  addFilePath(found, whole);
  return true;
}

function addHostValue(found: string[], whole: string, role: Role): boolean {
  if (addSshRepository(found, whole)) return true;
  if (ADDRESS.test(whole)) return addHost(found, normaliseHostAndPort(whole));
  const name = bareNameOf(whole);
  if (name !== undefined && (role === 'url' || hasHostEnding(name.host, 'whole value')))
    return addHost(found, normaliseHostAndPort(name.host + name.port));
  if (name !== undefined) return false;
  if (/^[\w.-]{1,253}:\d{1,5}$/.test(whole) && role === 'url') return addHost(found, normaliseHostAndPort(whole));
  return role === 'url' && !/[\s@]/.test(whole) && addHost(found, hostInUrlArgument(whole));
}

/** In an argument for URLs, what a browser would take for a host: hexadecimal addresses, encoded names, user names in front. */
const hostInUrlArgument = (whole: string): string | undefined => normaliseHost(whole.split(/[/?#\\]/, 1)[0] ?? '');

const addHost = (found: string[], host: string | undefined): boolean => host !== undefined && addTo(found, `host:${host}`);

function addMentions(found: string[], text: string, role: Role): void {
  const kind: TextKind = role === 'other' || role === 'url' || role === 'agent' ? 'prose' : 'code';
  const { urls, mails, accounts, hosts, phones, handles } = scanText(text, kind);
  const isLogin = (mail: string): boolean =>
    role === 'shell' && found.includes(`host:${mail.slice(mail.lastIndexOf('@') + 1).replace('mailto:', '')}`);
  for (const mail of mails) if (!isLogin(mail)) addTo(found, mail);
  for (const list of [urls, accounts, hosts, phones, handles]) for (const one of list) addTo(found, one);
}
