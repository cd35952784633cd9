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

/** Keys that enough agents of one name use, for one prior. */
export interface FleetKeys {
  readonly tenant: string;
  readonly agentName: string;
  /** Sorted. */
  readonly keys: readonly string[];
}

/** Agents that must have used a key unflagged, before it is no news to others of their name. */
const AGENTS_MIN = 3;
/** A key needs more agents that used it unflagged than this share of those that were flagged with it. */
const FLAGGED_SHARE = 0.3;
/** Agents remembered per key: more than this count as this many. */
const AGENTS_MAX = 64;
/** Keys of one prior at most: the most widely used. */
const PRIOR_KEYS = 8_000;
/** Keys followed per name; the least recently begun beyond it are forgotten. */
const KEYS_MAX = 50_000;

interface Users {
  readonly unflagged: Set<string>;
  readonly flagged: Set<string>;
}

/**
 * Folds what agents use into what their kind uses. Only unflagged use counts for a key, and flagged use counts against it: an attack that
 * reaches many agents must not become normal because a few of them were not found out. The order of what is folded does not matter.
 */
export class FleetUsage {
  readonly #names = new Map<string, { readonly tenant: string; readonly agentName: string; readonly keys: Map<string, Users> }>();

  take({ tenant, agentName, agentId, keys, isFlagged }: FleetUse): void {
    const users = this.#nameOf(tenant, agentName).keys;
    for (const key of keys) {
      let used = users.get(key);
      if (used === undefined) {
        used = { unflagged: new Set(), flagged: new Set() };
        users.set(key, used);
      }
      const agents = isFlagged ? used.flagged : used.unflagged;
      if (agents.size < AGENTS_MAX) agents.add(agentId);
    }
    while (users.size > KEYS_MAX) users.delete(users.keys().next().value as string);
  }

  /** What is normal by now, per tenant and name; names without a normal key are left out. */
  keys(): readonly FleetKeys[] {
    return [...this.#names.values()]
      .map(({ tenant, agentName, keys }) => ({ tenant, agentName, keys: normalKeys(keys) }))
      .filter(({ keys }) => keys.length > 0);
  }

  #nameOf(tenant: string, agentName: string) {
    const name = `${tenant}|${agentName}`;
    let found = this.#names.get(name);
    if (found === undefined) {
      found = { tenant, agentName, keys: new Map() };
      this.#names.set(name, found);
    }
    return found;
  }
}

function normalKeys(keys: ReadonlyMap<string, Users>): readonly string[] {
  const normal = [...keys].filter(
    ([, { unflagged, flagged }]) => unflagged.size >= AGENTS_MIN && unflagged.size > FLAGGED_SHARE * flagged.size,
  );
  if (normal.length > PRIOR_KEYS)
    normal.sort(([a, { unflagged: many }], [b, { unflagged: few }]) => few.size - many.size || (a < b ? -1 : 1)).splice(PRIOR_KEYS);
  return normal.map(([key]) => key).sort();
}
