/**
 * What is remembered by key, newest put last, the oldest beyond `most` forgotten. Without a table while it is empty: of the many things that may
 * have to be remembered of an agent most never are, and an empty Map takes 200 bytes.
 */
export class RecentMap<Key, Value> {
  readonly #most: number;
  #map: Map<Key, Value> | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#map?.size ?? 0;
  }

  get(key: Key): Value | undefined {
    return this.#map?.get(key);
  }

  has(key: Key): boolean {
    return this.#map?.has(key) ?? false;
  }

  /** As the newest. */
  put(key: Key, value: Value): void {
    this.#map ??= new Map();
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#most) return;
    const oldest = this.#map.keys().next().value;
    if (oldest !== undefined) this.#map.delete(oldest);
  }

  delete(key: Key): void {
    this.#map?.delete(key);
  }

  /** Oldest first. */
  values(): Iterable<Value> {
    return this.#map?.values() ?? [];
  }

  /** Oldest first; a copy. */
  entries(): [Key, Value][] {
    return this.#map === undefined ? [] : [...this.#map];
  }

  /** Takes the place of all there is. @param entries oldest first. */
  replace(entries: readonly (readonly [Key, Value])[]): void {
    this.#map = undefined;
    for (const [key, value] of entries) this.put(key, value);
  }
}
