import { fingerprint } from '../stats/fingerprint.ts';

const FIRST_SIZE = 16;

/** The last `capacity` decision ids of an agent, as fingerprints: a repeat from an exporter's retry or a replay is known again. */
export class SeenIds {
  readonly #capacity: number;
  #ring = new Float64Array(FIRST_SIZE);
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** False when the id is among the last. */
  add(id: string): boolean {
    const mark = fingerprint(id);
    if (this.#ring.indexOf(mark) >= 0) return false;
    if (this.#next === this.#ring.length) this.#growOrWrap();
    this.#ring[this.#next++] = mark;
    return true;
  }

  #growOrWrap(): void {
    if (this.#ring.length >= this.#capacity) {
      this.#next = 0;
      return;
    }
    const larger = new Float64Array(Math.min(this.#capacity, this.#ring.length * 2));
    larger.set(this.#ring);
    this.#ring = larger;
  }

  snapshot(): { next: number; marks: string } {
    return { next: this.#next, marks: Buffer.from(this.#ring.buffer).toString('base64') };
  }

  restore({ next, marks }: { next: number; marks: string }): void {
    const bytes = Buffer.from(marks, 'base64');
    this.#ring = new Float64Array(Math.max(FIRST_SIZE, Math.floor(bytes.byteLength / 8)));
    bytes.copy(new Uint8Array(this.#ring.buffer));
    this.#next = Math.min(Math.max(0, next), this.#ring.length);
  }
}
