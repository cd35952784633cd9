import type { DecisionEvent, Json } from '@belay/protocol';

/** Versions and models of one agent that are remembered; the least recently used beyond it are forgotten. */
const KNOWN_MAX = 8;

/**
 * Which version of an agent on which model a baseline belongs to. A version or a model never seen before inherits the baseline of the one
 * before it, with wider limits until it has shown `settle` decisions of its own; going back to one that is known widens nothing.
 */
export class Lineage {
  readonly #settle: number;
  #known: string[] = [];
  /** Decisions of the newest version or model. */
  #own = 0;
  /** A lineage that has no parent has nothing to be wider than. */
  #inherits = false;

  /** @param settle decisions until limits are as narrow as they were. */
  constructor(settle: number) {
    this.#settle = settle;
  }

  observe({ agent, model }: DecisionEvent): void {
    if (agent.version !== undefined) this.#see(`v${agent.version}`);
    if (model?.request !== undefined) this.#see(`m${model.request}`);
    if (this.#inherits && ++this.#own >= this.#settle) this.#inherits = false;
  }

  /** True while limits are wider because the agent's version or model is new. */
  get isInherited(): boolean {
    return this.#inherits;
  }

  /** How much wider limits are: `most` right after the change, falling to 1 over `settle` decisions. @param most ≥ 1. */
  width(most: number): number {
    return this.#inherits ? most - ((most - 1) * this.#own) / this.#settle : 1;
  }

  snapshot(): Json {
    return [this.#own, this.#inherits ? 1 : 0, ...this.#known];
  }

  restore(state: Json): void {
    if (!Array.isArray(state)) return;
    const [own, inherits, ...known] = state;
    this.#own = Number(own);
    this.#inherits = inherits === 1;
    this.#known = known.map(String);
  }

  #see(name: string): void {
    if (this.#known[this.#known.length - 1] === name) return;
    const at = this.#known.indexOf(name);
    if (at >= 0) this.#known.splice(at, 1);
    else if (this.#known.some((one) => one[0] === name[0])) this.#begin();
    this.#known.push(name);
    if (this.#known.length > KNOWN_MAX) this.#known.shift();
  }

  #begin(): void {
    this.#own = 0;
    this.#inherits = true;
  }
}
