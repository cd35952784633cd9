import { type DecisionEvent, matchesPattern } from '@belay/protocol';

/** Something sensitive that a call writes: what people call it, and what it is remembered by. */
export interface Target {
  readonly key: string;
  readonly what: string;
}

const NONE: readonly Target[] = [];
/** Targets of one call that are judged. */
const TARGETS_MAX = 8;

/** What a decision that was carried out wrote that is sensitive: marked destinations, credentials, sensitive paths, what its author calls confidential. */
export function targetsOf({ kind, call, outcome, policy }: DecisionEvent, isMarked: (destination: string) => boolean): readonly Target[] {
  if (kind !== 'tool' || call === undefined || outcome?.status === 'blocked' || policy?.action === 'blocked') return NONE;
  const targets: Target[] = [];
  for (const destination of call.destinations) {
    if (isMarked(destination)) targets.push({ key: destination, what: destination });
  }
  if (call.effect === 'read') return targets.length === 0 ? NONE : targets.slice(0, TARGETS_MAX);
  for (const { role, flags } of call.features ?? []) {
    if (flags === undefined) continue;
    if (flags.includes('credential')) targets.push({ key: `credential|${call.name}|${role}`, what: `a credential in ${role}` });
    if (flags.includes('sensitive-path')) targets.push({ key: `path|${call.name}|${role}`, what: `a sensitive path in ${role}` });
  }
  if (call.sensitivity === 'confidential' || call.sensitivity === 'restricted')
    targets.push({ key: `tool|${call.name}`, what: `what its author calls ${call.sensitivity}` });
  return targets.slice(0, TARGETS_MAX);
}

/** One test for all globs; those that only end in a star, as most do, cost a comparison of their beginning. */
export function markedBy(globs: readonly string[]): (destination: string) => boolean {
  const starts = globs.filter((glob) => /^[^*?[\]\\]*\*$/.test(glob)).map((glob) => glob.slice(0, -1));
  const others = globs.filter((glob) => !starts.includes(glob.slice(0, -1)) || !glob.endsWith('*'));
  return (destination) => {
    for (const start of starts) if (destination.startsWith(start)) return true;
    for (const glob of others) if (matchesPattern(glob, destination)) return true;
    return false;
  };
}
