import { FairMap } from './fair-map.ts';

/** What one decision says about the use of keys by agents of one name. */
export interface FleetUse {
  readonly tenant: string;
  readonly agentName: string;
  readonly agentId: string;
  /** 16 hex digits each. */
  readonly keys: readonly string[];
  /** It was found suspicious itself: it speaks against its keys. */
  readonly isFlagged: boolean;
}

/** Keys that enough agents of one name use: what a prior holds. */
export interface FleetKeys {
  readonly tenant: string;
  readonly agentName: string;
  /** Sorted. */
  readonly keys: readonly string[];
}

/** Agents that must have used a key unflagged, before it is no news to others of their name. */
const AGENTS_MIN = 2;
/** And more than this share of those that were flagged with it. */
const FLAGGED_SHARE = 0.5;
/** Agents remembered per key and kind of use: more count as this many. */
const AGENTS_MAX = 64;
/** Keys of one prior at most: those that became normal last are left out. */
const PRIOR_KEYS = 8_000;
/** Names followed, of all tenants, as many as detectors keep priors of; an agent may call itself what it likes. */
const KINDS_MAX = 1_000;
/** Keys followed per name; those begun first are forgotten beyond it. */
const KEYS_MAX = 50_000;

interface Users {
  readonly unflagged: Set<string>;
  readonly flagged: Set<string>;
}

interface Kind {
  readonly tenant: string;
  readonly agentName: string;
  readonly users: Map<string, Users>;
  readonly normal: Set<string>;
  hasChanged: boolean;
}

/**
 * Folds what agents use into what their kind uses. Only unflagged use counts for a key, and flagged use counts against it: an attack that
 * reaches many agents must not become normal because a few of them were not found out. Within its bounds the order of what is folded does
 * not matter.
 */
export class FleetUsage {
  readonly #kinds = new FairMap<Kind>(KINDS_MAX);

  take({ tenant, agentName, agentId, keys, isFlagged }: FleetUse): void {
    const kind = this.#kindOf(tenant, agentName);
    for (const key of keys) {
      const users = usersOf(kind, key);
      const agents = isFlagged ? users.flagged : users.unflagged;
      if (agents.has(agentId) || agents.size >= AGENTS_MAX) continue;
      agents.add(agentId);
      settle(kind, key, users);
    }
  }

  /** The keys of each name whose keys have changed since the last call. */
  changed(): readonly FleetKeys[] {
    const changed = [...this.#kinds.values()].filter(({ hasChanged }) => hasChanged);
    for (const kind of changed) kind.hasChanged = false;
    return changed.map(({ tenant, agentName, normal }) => ({ tenant, agentName, keys: [...normal].slice(0, PRIOR_KEYS).sort() }));
  }

  #kindOf(tenant: string, agentName: string): Kind {
    const name = `${tenant}|${agentName}`;
    const kind = this.#kinds.get(name) ?? { tenant, agentName, users: new Map(), normal: new Set(), hasChanged: false };
    this.#kinds.put(name, kind);
    return kind;
  }
}

function usersOf(kind: Kind, key: string): Users {
  const { users } = kind;
  let found = users.get(key);
  if (found === undefined) {
    found = { unflagged: new Set(), flagged: new Set() };
    users.set(key, found);
    const oldest = users.keys().next().value;
    if (users.size > KEYS_MAX && oldest !== undefined) {
      users.delete(oldest);
      if (kind.normal.delete(oldest)) kind.hasChanged = true;
    }
  }
  return found;
}

function settle(kind: Kind, key: string, { unflagged, flagged }: Users): void {
  const isNormal = unflagged.size >= AGENTS_MIN && unflagged.size > FLAGGED_SHARE * flagged.size;
  if (isNormal === kind.normal.has(key)) return;
  kind.hasChanged = true;
  if (isNormal) kind.normal.add(key);
  else kind.normal.delete(key);
}
