import { fingerprint } from '../../stats/fingerprint.ts';
import { joinedKey } from './joined-key.ts';
import type { Trait, TraitKind } from './trait.ts';

/** Names that RFC 2606 keeps for examples lead nowhere. */
const RESERVED: RegExp = /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)(?::\d+)?$/;
const URL: RegExp = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)(\/.*)?$/;

/** Adds what a destination (docs/contracts.md §2.3) says of a call: where it goes at large, where exactly, and that this tool goes there. */
export function destinationTraits(
  traits: Trait[],
  destination: string,
  { tool, toolName, isUrlLike }: { tool: number; toolName: string; isUrlLike: boolean },
): void {
  const { name, kind, place } = partsOf(destination);
  if (isReserved(name)) return;
  const key = keyOf(name);
  traits.push({ kind: kind === 'host' && isUrlLike ? 'url' : kind, key, habit: 0, value: 0, label: name });
  if (place !== undefined) traits.push({ kind: 'place', key: keyOf(place), habit: 0, value: 0, label: place });
  traits.push({ kind: 'pair', key: joinedKey(tool, key), habit: 0, value: 0, label: `${toolName} → ${name}` });
}

/** Apart from tools and values of the same spelling. */
const keyOf = (name: string): number => fingerprint(`d|${name}`);

/** The keys under which a destination is known, whoever names it: at large first. */
export function destinationKeys(destination: string): readonly number[] {
  const { name, place } = partsOf(destination);
  return place === undefined ? [keyOf(name)] : [keyOf(name), keyOf(place)];
}

interface Parts {
  readonly name: string;
  readonly kind: TraitKind;
  /** Narrower than the name. */
  readonly place?: string;
}

function partsOf(destination: string): Parts {
  const colon = destination.indexOf(':');
  const scheme = destination.slice(0, colon);
  switch (scheme) {
    case 'mailto':
    case 'account':
      return { name: destination, kind: 'party' };
    case 'host':
      return { name: destination, kind: 'host' };
    case 'repo': {
      const slash = destination.indexOf('/');
      return slash < 0 ? { name: destination, kind: 'party' } : { name: destination.slice(0, slash), kind: 'party', place: destination };
    }
    default: {
      const url = URL.exec(destination);
      if (url === null) return { name: destination, kind: 'other' };
      const name = `host:${url[1]}`;
      return url[2] === undefined ? { name, kind: 'host' } : { name, kind: 'host', place: `${name}${url[2]}` };
    }
  }
}

function isReserved(name: string): boolean {
  if (name.startsWith('host:')) return RESERVED.test(name.slice(5));
  return name.startsWith('mailto:') && RESERVED.test(name.slice(Math.max(6, name.indexOf('@')) + 1));
}
