/** How values of a {@link KeyedState} are made, packed and unpacked. */
export interface KeyedCodec<Value> {
  create(key: string): Value;
  pack(value: Value): Uint8Array;
  unpack(key: string, bytes: Uint8Array): Value;
}

export interface KeyedLimits {
  /** Values kept as live objects. */
  readonly hot: number;
  /** Values kept packed. */
  readonly packed: number;
}

/** What changed up to one moment, as it was at that moment, though the state goes on changing. */
export interface Cut {
  /** Packs at most so many more values. @returns true when all are packed. */
  pack(most: number): boolean;
  /** The packed values, undefined for what was forgotten; packs what is left. */
  changes(): readonly { readonly key: string; readonly value: Uint8Array | undefined }[];
  /** The changes could not be stored: they belong to the next cut. */
  revert(): void;
}

const sealNothing = (): void => undefined;

/**
 * State per key with two bounds: the most recently used values are live, those before them packed (and unpacked on their next use, exactly as
 * they were), the least recently used beyond that forgotten. Tracks what changed since the last {@link Cut}; of those only the newest is kept true.
 */
export class KeyedState<Value> {
  readonly #codec: KeyedCodec<Value>;
  readonly #limits: KeyedLimits;
  readonly #hot = new Map<string, Value>();
  readonly #packed = new Map<string, Uint8Array>();
  #changed = new Set<string>();
  /** Seals a key of the newest cut: called before its value changes or goes. */
  #seal: (key: string) => void = sealNothing;
  /** The key used last, and its value: records of one key come in rows. Undefined after a cut: the next use is the first change after it. */
  #newest: string | undefined;
  #newestValue: Value | undefined;

  constructor(codec: KeyedCodec<Value>, limits: KeyedLimits) {
    this.#codec = codec;
    this.#limits = limits;
  }

  get hotSize(): number {
    return this.#hot.size;
  }

  get packedSize(): number {
    return this.#packed.size;
  }

  /** The value of a key, which from now on counts as changed. */
  use(key: string): Value {
    if (this.#newest === key && this.#newestValue !== undefined) return this.#newestValue;
    this.#seal(key);
    this.#changed.add(key);
    const value = this.#hot.get(key) ?? this.#wake(key);
    this.#hot.delete(key);
    this.#hot.set(key, value);
    this.#newest = key;
    this.#newestValue = value;
    if (this.#hot.size > this.#limits.hot) this.#packOldest();
    return value;
  }

  /** The value of a key without touching its place or its state; undefined when it is not live. */
  peek(key: string): Value | undefined {
    return this.#hot.get(key);
  }

  hotKeys(): IterableIterator<string> {
    return this.#hot.keys();
  }

  load(key: string, bytes: Uint8Array): void {
    this.#packed.set(key, bytes);
  }

  /** Begins a cut of what changed since the last one. The one before must be packed or given up. */
  cut(): Cut {
    const keys = this.#changed;
    this.#changed = new Set();
    this.#newest = undefined;
    this.#newestValue = undefined;
    const waiting = new Set(keys);
    const changes: { key: string; value: Uint8Array | undefined }[] = [];
    const seal = (key: string): void => {
      if (waiting.delete(key)) changes.push({ key, value: this.#packedValue(key) });
    };
    const pack = (most: number): boolean => {
      let left = most;
      for (const key of waiting) {
        if (left-- <= 0) return false;
        seal(key);
      }
      return true;
    };
    this.#seal = seal;
    const end = (): void => {
      if (this.#seal === seal) this.#seal = sealNothing;
    };
    return {
      pack,
      changes: () => {
        pack(Number.POSITIVE_INFINITY);
        end();
        return changes;
      },
      revert: () => {
        end();
        for (const key of keys) this.#changed.add(key);
      },
    };
  }

  #packedValue(key: string): Uint8Array | undefined {
    const hot = this.#hot.get(key);
    return hot === undefined ? this.#packed.get(key) : this.#codec.pack(hot);
  }

  #wake(key: string): Value {
    const bytes = this.#packed.get(key);
    if (bytes === undefined) return this.#codec.create(key);
    this.#packed.delete(key);
    return this.#codec.unpack(key, bytes);
  }

  #packOldest(): void {
    const [oldest] = this.#hot;
    if (oldest === undefined) return;
    const [key, value] = oldest;
    if (key === this.#newest) this.#newest = undefined;
    this.#hot.delete(key);
    this.#packed.set(key, this.#codec.pack(value));
    const first = this.#packed.keys().next().value;
    if (this.#packed.size <= this.#limits.packed || first === undefined) return;
    this.#seal(first);
    this.#packed.delete(first);
    this.#changed.add(first);
  }
}
