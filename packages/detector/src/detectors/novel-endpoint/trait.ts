import type { DecisionEvent, Effect, Feature } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import { destinationTraits } from './destination-traits.ts';

/** What a trait of a call is about: the classes that points are given by. */
export const TRAIT_KINDS = [
  'tool',
  'credential',
  'secret',
  'sensitive_path',
  'party',
  'host',
  'url',
  'place',
  'value',
  'pair',
  'other',
] as const;
export type TraitKind = (typeof TRAIT_KINDS)[number];

/** One thing about a call that may be new to its agent. */
export interface Trait {
  readonly kind: TraitKind;
  /** The same for the same trait everywhere: fleet priors carry it as 16 hex digits. */
  readonly key: number;
  /** For short values: tool and role, the habit that the value belongs to; 0 = none. */
  readonly habit: number;
  /** For short values: the value alone, whatever tool and role; 0 = none. */
  readonly value: number;
  /** For people: the destination as it reads, or the argument's role. */
  readonly label: string;
}

/** Kinds that are never the same value twice, or always. */
const UNTRACKED: ReadonlySet<Feature['kind']> = new Set(['number', 'date', 'boolean', 'empty', 'list', 'object']);
const URL_ROLE: RegExp = /(?:^|[._])(?:url|uri|link|href|host|site|domain|endpoint|webhook)s?(?:\.|$)/i;

/** A key as fleet priors carry it. */
export const priorKey = (key: number): string => key.toString(16).padStart(16, '0');

/** Everything about a call that may be new. Keys depend on the call alone. */
export function traitsOf({ call }: Pick<DecisionEvent, 'call'>): readonly Trait[] {
  if (call === undefined) return [];
  const traits: Trait[] = [{ kind: 'tool', key: fingerprint(`t|${call.name}`), habit: 0, value: 0, label: call.name }];
  let isUrlLike = false;
  for (const feature of call.features ?? []) {
    if (feature.kind === 'url' || URL_ROLE.test(feature.role)) isUrlLike = true;
    addFeature(traits, feature, call);
  }
  for (const destination of call.destinations) destinationTraits(traits, destination, { tool: call.name, isUrlLike });
  return traits;
}

function addFeature(
  traits: Trait[],
  { role: path, kind, hash, flags }: Feature,
  call: { name: string; effect: Effect; digest?: string | undefined },
): void {
  const role = path.includes('.') ? path.replace(/\.\d+/g, '.#') : path;
  if (flags !== undefined) addFlags(traits, flags, { role, what: hash ?? call.digest ?? '', tool: call.name });
  if (hash === undefined || UNTRACKED.has(kind)) return;
  const habit = `${call.name}|${role}`;
  traits.push({ kind: 'value', key: fingerprint(`v|${habit}|${hash}`), habit: fingerprint(habit), value: fingerprint(hash), label: role });
}

function addFlags(traits: Trait[], flags: readonly string[], { role, what, tool }: { role: string; what: string; tool: string }): void {
  const isCredential = flags.includes('credential');
  if (isCredential || flags.includes('secret-name'))
    traits.push({
      kind: isCredential ? 'credential' : 'secret',
      key: fingerprint(`c|${tool}|${role}|${what}`),
      habit: 0,
      value: 0,
      label: role,
    });
  if (flags.includes('sensitive-path'))
    traits.push({ kind: 'sensitive_path', key: fingerprint(`s|${what}`), habit: 0, value: 0, label: role });
}
