/** Generic endings that make a bare dotted name a host and not a module or a sentence; every ending of two letters does too. */
const ENDINGS: ReadonlySet<string> = new Set(
  (
    'com net org edu gov mil int info biz name pro app dev page cloud online site website store shop tech xyz top club live life world news blog email ' +
    'link click space fun icu vip work agency digital media network systems solutions services support group company team global finance bank money pay ' +
    'capital trade market example test invalid localhost onion arpa local internal lan corp home'
  ).split(' '),
);
/** Endings that are far more often a file's than a country's. */
const FILE_ENDINGS: ReadonlySet<string> = new Set('py js ts md rs sh pl cc so cs go rb kt ps vb ml hs tf gz bz db'.split(' '));
/** Country endings that a missing space after a full stop makes out of English words. */
const WORD_ENDINGS: ReadonlySet<string> = new Set('am an as at be by do go he if in is it me my no of on or so to up us we'.split(' '));

/** Bare dotted name, optional port and path. */
const BARE: RegExp = /^((?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,62})\.)+(?:\p{L}[\p{L}\p{N}-]{1,62}))\.?(:\d{1,5})?(?:[/?#]\S*)?$/u;

export interface BareName {
  readonly host: string;
  /** With its colon; empty when there is none. */
  readonly port: string;
}

/** Splits `name.example:443/path`; undefined for what is no dotted name. */
export function bareNameOf(value: string): BareName | undefined {
  if (value.length > 512) return undefined;
  const parts = BARE.exec(value);
  const host = parts?.[1];
  return host === undefined ? undefined : { host, port: parts?.[2] ?? '' };
}

/** True when the last label is one that hosts have and files and sentences have not; a leading `www.` settles it. */
export function hasHostEnding(host: string, where: 'whole value' | 'text'): boolean {
  if (/^www\./i.test(host)) return true;
  const ending = host.slice(host.lastIndexOf('.') + 1).toLowerCase();
  if (FILE_ENDINGS.has(ending)) return false;
  if (where === 'text' && WORD_ENDINGS.has(ending)) return host.indexOf('.') !== host.lastIndexOf('.');
  return ending.length === 2 || ENDINGS.has(ending) || ending.startsWith('xn--') || /[^\x20-\x7e]/.test(ending);
}
