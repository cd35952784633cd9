/**
 * What is kept for many tenants under keys `tenant|…`, at most so much: beyond it the tenant that has the most loses what it put least recently, so
 * that one which makes up names crowds no other out.
 */
export class FairMap<Value> {
  readonly #max: number;
  readonly #values = new Map<string, Value>();
  readonly #counts = new Map<string, number>();

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
    if (!this.#values.delete(key)) this.#count(key, 1);
    this.#values.set(key, value);
    if (this.#values.size <= this.#max) return undefined;
    const forgotten = this.#oldestOf(this.#largest());
    this.#values.delete(forgotten);
    this.#count(forgotten, -1);
    return forgotten;
  }

  #count(key: string, by: number): void {
    const tenant = tenantOf(key);
    const count = (this.#counts.get(tenant) ?? 0) + by;
    if (count === 0) this.#counts.delete(tenant);
    else this.#counts.set(tenant, count);
  }

  #largest(): string {
    let largest = '';
    let most = 0;
    for (const [tenant, count] of this.#counts) {
      if (count <= most) continue;
      largest = tenant;
      most = count;
    }
    return largest;
  }

  #oldestOf(tenant: string): string {
    const prefix = `${tenant}|`;
    for (const key of this.#values.keys()) if (key.startsWith(prefix)) return key;
    return '';
  }
}

const tenantOf = (key: string): string => key.slice(0, key.indexOf('|'));
