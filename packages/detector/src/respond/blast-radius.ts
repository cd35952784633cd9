import { blastRadiusLimit, type Json } from '@belay/protocol';

/** Agents of one tenant held automatically within a window, as this partition sees them (control has the view over all). */
export class BlastRadius {
  readonly #windowUs: number;
  /** agent → when it was last held, µs, oldest first. */
  #held = new Map<string, number>();

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
  }

  /** True when holding `agent` would hold more agents than {@link blastRadiusLimit} allows. One that is held already counts once. */
  isOpenFor(agent: string, knownAgents: number, nowUs: number): boolean {
    for (const [held, atUs] of this.#held) {
      if (nowUs - atUs <= this.#windowUs) break;
      this.#held.delete(held);
    }
    return !this.#held.has(agent) && this.#held.size >= blastRadiusLimit(knownAgents);
  }

  hold(agent: string, nowUs: number): void {
    this.#held.delete(agent);
    this.#held.set(agent, nowUs);
  }

  snapshot(): Json {
    return [...this.#held].map(([agent, atUs]) => [agent, atUs]);
  }

  restore(state: Json): void {
    this.#held = new Map(
      Array.isArray(state) ? state.map((row: Json) => (Array.isArray(row) ? [String(row[0]), Number(row[1])] : ['', 0])) : [],
    );
  }
}
