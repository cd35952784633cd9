import type { InputRecord, Json } from '@belay/protocol';
import type { FleetPrior } from '../detectors/detector.ts';

type PriorRecord = Extract<InputRecord, { record: 'prior' }>;

/** Kinds of agents whose priors one partition keeps; the least recently renewed beyond it are forgotten. */
const PRIORS_MAX = 1_000;

interface Prior {
  version: number;
  keys: Set<string>;
  /** Parts of the next version that have arrived. */
  readonly parts: Map<number, readonly string[]>;
  next: number;
}

const NONE: FleetPrior = { version: 0, has: () => false };

/** Fleet priors of a partition, per tenant, detector and agent name. A version takes effect when all its parts are there, in whatever order. */
export class FleetPriors {
  #priors = new Map<string, Prior>();

  of(tenant: string, detector: string, agentName: string | undefined): FleetPrior {
    if (agentName === undefined || this.#priors.size === 0) return NONE;
    const prior = this.#priors.get(keyOf(tenant, detector, agentName));
    return prior === undefined ? NONE : { version: prior.version, has: (key) => prior.keys.has(key) };
  }

  take({ tenant, detector, agentName, version, part, parts, keys }: PriorRecord): void {
    const key = keyOf(tenant, detector, agentName);
    const prior = this.#priors.get(key) ?? { version: 0, keys: new Set<string>(), parts: new Map(), next: 0 };
    if (version <= prior.version || version < prior.next) return;
    if (version > prior.next) prior.parts.clear();
    prior.next = version;
    prior.parts.set(part, keys);
    if (prior.parts.size === parts) {
      prior.keys = new Set([...prior.parts.values()].flat());
      prior.version = version;
      prior.parts.clear();
    }
    this.#priors.delete(key);
    this.#priors.set(key, prior);
    const oldest = this.#priors.keys().next().value;
    if (this.#priors.size > PRIORS_MAX && oldest !== undefined) this.#priors.delete(oldest);
  }

  snapshot(): Json {
    return [...this.#priors].map(([key, { version, keys, parts, next }]) => [
      key,
      version,
      [...keys],
      [...parts].map(([part, partKeys]) => [part, [...partKeys]]),
      next,
    ]);
  }

  /** @throws TypeError when the state is not one of its snapshots. */
  restore(state: Json): void {
    const rows = state as unknown as [string, number, string[], [number, string[]][], number][];
    this.#priors = new Map(
      rows.map(([key, version, keys, parts, next]) => [key, { version, keys: new Set(keys), parts: new Map(parts), next }]),
    );
  }
}

const keyOf = (tenant: string, detector: string, agentName: string): string => `${tenant}|${detector}|${agentName}`;
