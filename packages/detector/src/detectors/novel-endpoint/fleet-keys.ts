import type { DecisionEvent } from '@belay/protocol';
import { hasFailed } from './has-failed.ts';
import { priorKey, traitsOf } from './traits-of.ts';

/** What a decision uses, as fleet priors count it; nothing where it had no effect. 16 hex digits each. */
export const fleetKeysOf = (event: Pick<DecisionEvent, 'kind' | 'call' | 'outcome'>): readonly string[] =>
  (event.kind === 'tool' || event.kind === 'agent') && !hasFailed(event) ? traitsOf(event).map(({ key }) => priorKey(key)) : [];
