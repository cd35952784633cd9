import { accountsIn } from './account.ts';
import { addTo, MAX_DESTINATIONS } from './found.ts';
import { handleAt } from './handle.ts';
import { addMailAt } from './mail.ts';
import { phoneAt } from './phone.ts';
import { addSshRepository } from './repository.ts';
import { scanNames } from './scan-names.ts';
import { addUrl } from './url.ts';

/** What a text mentions, by kind, each list bounded: so that fifty URLs cannot push one address out. */
export interface Mentions {
  readonly urls: string[];
  readonly mails: string[];
  readonly accounts: string[];
  readonly hosts: string[];
  readonly phones: string[];
  readonly handles: string[];
}

/** Prose holds bare domains, handles and phone numbers; program text holds things that only look like them. */
export type TextKind = 'prose' | 'code';

const SCHEME: RegExp = /[a-z][a-z0-9+.-]{0,15}$/i;
const URL_BODY: RegExp = /[^\s<>"'`|^]{1,2048}/y;
/** An escape of the JSON that a text came in, or the start of another URL after a comma. */
const END: RegExp = /\\(?:[nrt"]|u[0-9a-f]{4})|[,;](?=[a-z][a-z0-9+.-]{0,15}:\/\/)/i;
const CLOSING: RegExp = /(?:[.,;:!?*_\])}>]|'s)+$/;
const SSH: RegExp = /[\w.-]{1,64}@[\w.-]{1,253}:[\w./-]{1,200}/y;

/** Reads a text of any content in time proportional to its length. */
export function scanText(text: string, kind: TextKind): Mentions {
  const mentions: Mentions = { urls: [], mails: [], accounts: [], hosts: [], phones: [], handles: [] };
  const spans = scanUrls(text, mentions.urls);
  if (text.includes('@')) scanAt(text, spans, kind, mentions);
  if (/\d/.test(text)) scanNumbers(text, kind, mentions);
  scanNames(text, spans, { names: kind === 'prose', hosts: mentions.hosts });
  return mentions;
}

/** Start and end of each URL, flat, in order. */
function scanUrls(text: string, urls: string[]): number[] {
  const spans: number[] = [];
  for (let at = text.indexOf('://'); at >= 0 && urls.length < MAX_DESTINATIONS; at = text.indexOf('://', at + 3)) {
    const scheme = SCHEME.exec(text.slice(Math.max(0, at - 16), at))?.[0];
    if (scheme === undefined || at - scheme.length < (spans.at(-1) ?? 0)) continue;
    URL_BODY.lastIndex = at + 3;
    const body = trimmed(URL_BODY.exec(text)?.[0] ?? '');
    const url = `${scheme}://${body}`;
    if (body === '' || !(addUrl(urls, url) || addUrl(urls, url.split(/[,;()[\]{}\\]/, 1)[0] ?? ''))) continue;
    spans.push(at - scheme.length, at + 3 + body.length);
  }
  return spans;
}

/** Up to what ends it, and without the punctuation of the sentence around. */
function trimmed(body: string): string {
  const end = body.search(END);
  const cut = end < 0 ? body : body.slice(0, end);
  if (cut.endsWith('{id}')) return cut;
  const bare = cut.replace(CLOSING, '');
  return bare.endsWith('{id') ? `${bare}}` : bare;
}

function scanAt(text: string, spans: readonly number[], kind: TextKind, mentions: Mentions): void {
  let span = 0;
  let next = 0;
  for (let at = text.indexOf('@'); at >= 0 && mentions.mails.length <= MAX_DESTINATIONS; at = text.indexOf('@', Math.max(at + 1, next))) {
    while (span < spans.length && (spans[span + 1] ?? 0) <= at) span += 2;
    if (span < spans.length && (spans[span] ?? 0) <= at) continue;
    const handle = kind === 'prose' && mentions.handles.length < MAX_DESTINATIONS ? handleAt(text, at) : undefined;
    if (handle !== undefined) addTo(mentions.handles, handle);
    else if (!addSshAt(text, at, mentions)) next = addMailAt(mentions.mails, text, at);
  }
}

function addSshAt(text: string, at: number, mentions: Mentions): boolean {
  if (text.slice(at - 3, at) !== 'git') return false;
  SSH.lastIndex = at - 3;
  const written = SSH.exec(text)?.[0];
  return written !== undefined && addSshRepository(mentions.urls, written);
}

function scanNumbers(text: string, kind: TextKind, mentions: Mentions): void {
  for (const account of accountsIn(text)) if (!addTo(mentions.accounts, account)) break;
  if (kind === 'prose') scanPhones(text, mentions.phones);
}

function scanPhones(text: string, phones: string[]): void {
  for (let at = text.indexOf('+'); at >= 0 && phones.length < MAX_DESTINATIONS; at = text.indexOf('+', at + 1)) {
    const phone = phoneAt(text, at);
    if (phone !== undefined) addTo(phones, phone);
  }
}
