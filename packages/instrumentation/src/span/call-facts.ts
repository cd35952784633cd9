import { canonicalJson, featuresOf, normaliseDestinations, preview, redactText, sketchOf, textDigest } from '@belay/protocol';
import { safely } from '../guard/safely.ts';
import { jsonOf } from './json-of.ts';

const MAX_DESTINATIONS = 32;
const MAX_DESTINATION_CHARS = 512;

/**
 * What is known of a call's arguments, worked out once, when first asked for. The canonical text is taken at construction: what the host
 * does to its objects afterwards changes nothing that is recorded.
 */
export class CallFacts {
  readonly #tool: string;
  readonly #declared: (() => readonly string[] | string | undefined) | undefined;
  /** RFC 8785 text of the arguments; undefined when they have no JSON form. */
  readonly canonical: string | undefined;
  /** The arguments as JSON, for what reads them. */
  readonly value: unknown;
  #digest: string | undefined;
  #destinations: readonly string[] | undefined;

  constructor(tool: string, args: unknown, declared?: () => readonly string[] | string | undefined) {
    this.#tool = tool;
    this.#declared = declared;
    const json = jsonOf(args, canonicalJson);
    this.canonical = json?.text;
    this.value = json?.value;
  }

  /** `sha256:` of the canonical `{arguments, tool}`, the same as the protocol's `callDigest`, from the one canonical text. */
  get digest(): string | undefined {
    if (this.canonical === undefined) return undefined;
    this.#digest ??= textDigest(`{"arguments":${this.canonical},"tool":${JSON.stringify(this.#tool)}}`);
    return this.#digest;
  }

  /** Where the call goes; the author's word wins. */
  get destinations(): readonly string[] {
    this.#destinations ??= (this.#declaredDestinations() ?? safely(() => normaliseDestinations(this.#tool, this.value), [])).slice(
      0,
      MAX_DESTINATIONS,
    );
    return this.#destinations;
  }

  get bytes(): number | undefined {
    return this.canonical === undefined ? undefined : Buffer.byteLength(this.canonical);
  }

  sketch(): string | undefined {
    return this.canonical === undefined ? undefined : safely(() => sketchOf(this.value), undefined);
  }

  /** JSON of the features; keyed hashes stand in for short values. */
  features(hashKey: Uint8Array): string | undefined {
    if (this.canonical === undefined) return undefined;
    return safely(() => JSON.stringify(featuresOf(this.value, hashKey)), undefined);
  }

  #declaredDestinations(): readonly string[] | undefined {
    const given = this.#declared?.();
    if (given === undefined) return undefined;
    const list = typeof given === 'string' ? [given] : given;
    return list.filter((item) => typeof item === 'string').map((item) => preview(redactText(item), MAX_DESTINATION_CHARS));
  }
}
