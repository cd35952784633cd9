/**
 * What is kept for many tenants under keys `tenant|…`, at most so much: beyond it the tenant that has the most loses what it put least recently, so
 * that one which makes up names crowds no other out.
 */
export class FairMap<Value> {
  readonly #max: number;
  readonly #values = new Map<string, Value>();
  /** The keys of each tenant, put least recently first. */
  readonly #keys = new Map<string, Set<string>>();
  /** Tenants by how many keys they have: the largest is known without looking at all of them at every name that somebody makes up. */
  readonly #bySize = new Map<number, Set<string>>();
  #largestSize = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  values(): IterableIterator<Value> {
    return this.#values.values();
  }

  /** Puts it last. @returns the key that was forgotten to make room; undefined when there was room. */
  put(key: string, value: Value): string | undefined {
    const tenant = tenantOf(key);
    const keys = this.#keys.get(tenant) ?? new Set();
    this.#keys.set(tenant, keys);
    const before = keys.size;
    keys.delete(key);
    keys.add(key);
    this.#resized(tenant, before, keys.size);
    this.#values.delete(key);
    this.#values.set(key, value);
    return this.#values.size > this.#max ? this.#forget() : undefined;
  }

  #forget(): string {
    const tenant = first(this.#bySize.get(this.#largestSize));
    const keys = this.#keys.get(tenant) ?? new Set();
    const before = keys.size;
    const forgotten = first(keys);
    keys.delete(forgotten);
    if (keys.size === 0) this.#keys.delete(tenant);
    this.#resized(tenant, before, keys.size);
    this.#values.delete(forgotten);
    return forgotten;
  }

  /** By one at most. */
  #resized(tenant: string, before: number, now: number): void {
    if (before === now) return;
    const others = this.#bySize.get(before);
    others?.delete(tenant);
    if (others?.size === 0) this.#bySize.delete(before);
    if (now > 0) this.#bySize.set(now, (this.#bySize.get(now) ?? new Set()).add(tenant));
    if (now > this.#largestSize || !this.#bySize.has(this.#largestSize)) this.#largestSize = now;
  }
}

const first = (names: ReadonlySet<string> = new Set()): string => names.values().next().value ?? '';

const tenantOf = (key: string): string => key.slice(0, key.indexOf('|'));
