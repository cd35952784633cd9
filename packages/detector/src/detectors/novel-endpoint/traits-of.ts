import type { DecisionEvent, Feature } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import { destinationTraits } from './destination-traits.ts';
import { joinedKey } from './joined-key.ts';
import type { Trait, TraitKind } from './trait.ts';

/** Kinds that are never the same value twice, or always. */
const UNTRACKED: ReadonlySet<Feature['kind']> = new Set(['number', 'date', 'boolean', 'empty', 'list', 'object']);
/** Values that are destinations. */
const ADDRESSES: ReadonlySet<Feature['kind']> = new Set(['mail', 'url', 'account', 'phone']);
const URL_ROLE: RegExp = /(?:^|[._])(?:url|uri|link|href|host|site|domain|endpoint|webhook)s?(?:\.|$)/i;

/** A key as fleet priors carry it. */
export const priorKey = (key: number): string => key.toString(16).padStart(16, '0');

/** Everything about a call that may be new. Keys depend on the call alone. */
export function traitsOf({ call }: Pick<DecisionEvent, 'call'>): readonly Trait[] {
  if (call === undefined) return [];
  const tool = fingerprint(call.name);
  const traits: Trait[] = [{ kind: 'tool', key: tool, habit: 0, value: 0, label: call.name }];
  let isUrlLike = false;
  for (const feature of call.features ?? []) {
    if (!isUrlLike) isUrlLike = feature.kind === 'url' || URL_ROLE.test(feature.role);
    addFeature(traits, feature, { tool, digest: call.digest });
  }
  for (const destination of call.destinations) destinationTraits(traits, destination, { tool, toolName: call.name, isUrlLike });
  return traits;
}

function addFeature(traits: Trait[], { role: path, kind, hash, flags }: Feature, call: { tool: number; digest: string | undefined }): void {
  const role = path.includes('.') ? path.replace(/\.\d+/g, '.#') : path;
  if (flags !== undefined) addFlags(traits, flags, { role, what: hash ?? call.digest ?? '', tool: call.tool });
  if (hash === undefined || UNTRACKED.has(kind)) return;
  const habit = joinedKey(call.tool, fingerprint(role));
  const value = fingerprint(hash);
  traits.push({ kind: kindOf(kind), key: joinedKey(habit, value), habit, value, label: role });
}

const kindOf = (kind: Feature['kind']): TraitKind => (ADDRESSES.has(kind) ? 'address' : kind === 'path' ? 'path' : 'value');

function addFlags(traits: Trait[], flags: readonly string[], { role, what, tool }: { role: string; what: string; tool: number }): void {
  const isCredential = flags.includes('credential');
  if (isCredential || flags.includes('secret-name')) {
    const key = joinedKey(tool, fingerprint(`c|${role}|${what}`));
    traits.push({ kind: isCredential ? 'credential' : 'secret', key, habit: 0, value: 0, label: role });
  }
  if (flags.includes('sensitive-path'))
    traits.push({ kind: 'sensitive_path', key: fingerprint(`s|${what}`), habit: 0, value: 0, label: role });
}
