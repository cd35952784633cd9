import type { InputRecord } from '@belay/protocol';
import type { FleetPrior } from '../detectors/detector.ts';
import { FairMap } from '../fleet/fair-map.ts';

type PriorRecord = Extract<InputRecord, { record: 'prior' }>;

/** Kinds of agents whose priors one partition keeps; beyond it the tenant with the most forgets those that were renewed longest ago. */
const PRIORS_MAX = 1_000;

interface Prior {
  version: number;
  keys: Set<string>;
  /** Parts of the next version that have arrived. */
  readonly parts: Map<number, readonly string[]>;
  next: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type PackedPrior = [version: number, keys: string[], parts: [number, string[]][], next: number];

const NONE: FleetPrior = { version: 0, has: () => false };

/** Fleet priors of a partition, per tenant, detector and agent name. A version takes effect when all its parts are there, in whatever order. */
export class FleetPriors {
  readonly #priors = new FairMap<Prior>(PRIORS_MAX);
  /** Since the last {@link FleetPriors.takeChanged}. */
  readonly #changed = new Set<string>();

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
    const forgotten = this.#priors.put(key, prior);
    this.#changed.add(key);
    if (forgotten !== undefined) this.#changed.add(forgotten);
  }

  /** What changed since the last call, each prior by itself: all of them together would be more than one message of the log holds. */
  takeChanged(): readonly { readonly key: string; readonly value: Uint8Array | undefined }[] {
    const changes = [...this.#changed].map((key) => ({ key, value: this.#pack(key) }));
    this.#changed.clear();
    return changes;
  }

  /** The changes could not be stored: they are to be taken again, as they are then. */
  revert(keys: readonly string[]): void {
    for (const key of keys) this.#changed.add(key);
  }

  /** Takes one prior of a checkpoint. @throws SyntaxError or TypeError when the bytes are not what {@link FleetPriors.takeChanged} gave. */
  load(key: string, bytes: Uint8Array): void {
    const [version, keys, parts, next] = JSON.parse(decoder.decode(bytes)) as PackedPrior;
    this.#priors.put(key, { version, keys: new Set(keys), parts: new Map(parts), next });
  }

  #pack(key: string): Uint8Array | undefined {
    const prior = this.#priors.get(key);
    if (prior === undefined) return undefined;
    const { version, keys, parts, next } = prior;
    return encoder.encode(JSON.stringify([version, [...keys], [...parts], next] satisfies readonly unknown[]));
  }
}

const keyOf = (tenant: string, detector: string, agentName: string): string => `${tenant}|${detector}|${agentName}`;
