import { canonicalJson, featuresOf, normaliseDestinations, preview, redactText, sketchOf, textDigest } from '@belay/protocol';
import { safely } from '../guard/safely.ts';
import { jsonOf } from './json-of.ts';

const MAX_DESTINATIONS = 32;
const MAX_DESTINATION_CHARS = 512;

/**
 * What is known of a call's arguments, worked out when first asked for, from the canonical text that is taken at construction: what the
 * host does to its objects afterwards changes nothing that is recorded. One canonical form serves digest, size, content and the rest.
 */
export class CallFacts {
  readonly #tool: string;
  readonly #declared: readonly string[] | undefined;
  /** RFC 8785 text of the arguments; undefined when they have no JSON form. */
  readonly canonical: string | undefined;
  #digest: string | undefined;
  #destinations: readonly string[] | undefined;
  #value: { readonly parsed: unknown } | undefined;

  /** `declared`: what the tool's author says about where the call goes; wins over what the arguments show. */
  constructor(tool: string, args: unknown, declared?: readonly string[] | string) {
    this.#tool = tool;
    this.#declared = declared === undefined ? undefined : normalised(declared);
    this.canonical = jsonOf(args, canonicalJson);
  }

  /** The arguments as they were. */
  get value(): unknown {
    this.#value ??= { parsed: this.canonical === undefined ? undefined : JSON.parse(this.canonical) };
    return this.#value.parsed;
  }

  /** `sha256:` of the canonical `{arguments, tool}`, the same as the protocol's `callDigest`, from the one canonical text. */
  get digest(): string | undefined {
    if (this.canonical === undefined) return undefined;
    this.#digest ??= textDigest(`{"arguments":${this.canonical},"tool":${JSON.stringify(this.#tool)}}`);
    return this.#digest;
  }

  /** Tells equal calls from different ones in memory: cheaper than a digest for the usual short call. */
  get key(): string | undefined {
    if (this.canonical === undefined || this.canonical.length > 256) return this.digest;
    return `${this.#tool} ${this.canonical}`;
  }

  get destinations(): readonly string[] {
    this.#destinations ??= this.#declared ?? safely(() => normaliseDestinations(this.#tool, this.value).slice(0, MAX_DESTINATIONS), []);
    return this.#destinations;
  }

  sketch(): string | undefined {
    return this.canonical === undefined ? undefined : safely(() => sketchOf(this.value), undefined);
  }

  /** JSON of the features; keyed hashes stand in for short values. */
  features(hashKey: Uint8Array): string | undefined {
    return this.canonical === undefined ? undefined : safely(() => JSON.stringify(featuresOf(this.value, hashKey)), undefined);
  }
}

function normalised(declared: readonly string[] | string): readonly string[] {
  const list = typeof declared === 'string' ? [declared] : declared;
  const texts = list.filter((item) => typeof item === 'string').map((item) => preview(redactText(item), MAX_DESTINATION_CHARS));
  return texts.slice(0, MAX_DESTINATIONS);
}
