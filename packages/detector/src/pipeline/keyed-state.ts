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

/**
 * State per key with two bounds: the most recently used values are live, those before them packed (and unpacked on their next use, exactly as
 * they were), the least recently used beyond that forgotten. Tracks what changed since the last checkpoint.
 */
export class KeyedState<Value> {
  readonly #codec: KeyedCodec<Value>;
  readonly #limits: KeyedLimits;
  readonly #hot = new Map<string, Value>();
  readonly #packed = new Map<string, Uint8Array>();
  readonly #changed = new Set<string>();
  #newest: string | undefined;

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
    this.#changed.add(key);
    const hot = this.#hot.get(key);
    if (hot !== undefined && this.#newest === key) return hot;
    const value = hot ?? this.#wake(key);
    this.#hot.delete(key);
    this.#hot.set(key, value);
    this.#newest = key;
    if (this.#hot.size > this.#limits.hot) this.#packOldest();
    return value;
  }

  /** The value of a key without touching its place or its state; undefined when it is not live. */
  peek(key: string): Value | undefined {
    return this.#hot.get(key);
  }

  hotEntries(): IterableIterator<[string, Value]> {
    return this.#hot.entries();
  }

  hotKeys(): IterableIterator<string> {
    return this.#hot.keys();
  }

  load(key: string, bytes: Uint8Array): void {
    this.#packed.set(key, bytes);
  }

  /** What changed since {@link settle}: packed values, or undefined for what was forgotten. */
  changes(): { key: string; value: Uint8Array | undefined }[] {
    return [...this.#changed].map((key) => {
      const hot = this.#hot.get(key);
      return { key, value: hot === undefined ? this.#packed.get(key) : this.#codec.pack(hot) };
    });
  }

  /** The changes are stored. */
  settle(): void {
    this.#changed.clear();
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
    this.#hot.delete(key);
    this.#packed.set(key, this.#codec.pack(value));
    const first = this.#packed.keys().next().value;
    if (this.#packed.size <= this.#limits.packed || first === undefined) return;
    this.#packed.delete(first);
    this.#changed.add(first);
  }
}
