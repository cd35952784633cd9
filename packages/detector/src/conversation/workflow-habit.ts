import type { Json } from '@belay/protocol';

const TREES_MAX = 64;
/** A tree that has been quiet for so long is over. */
const OVER_AFTER_US = 600_000_000;

interface PastTree {
  peakPerMinute: number;
  spentNanoUsd: number;
  lastUs: number;
}

/** What the last trees of one workflow (of one root agent) came to. */
export class WorkflowHabit {
  #trees = new Map<string, PastTree>();

  note(rootSessionId: string, tree: PastTree): void {
    this.#trees.delete(rootSessionId);
    this.#trees.set(rootSessionId, tree);
    const oldest = this.#trees.keys().next().value;
    if (this.#trees.size > TREES_MAX && oldest !== undefined) this.#trees.delete(oldest);
  }

  /** The top of what is usual (95th percentile) over the trees that are over; undefined while they are fewer than `least`. */
  usual(of: 'peakPerMinute' | 'spentNanoUsd', nowUs: number, least: number): { readonly top: number; readonly trees: number } | undefined {
    const past = [...this.#trees.values()].filter(({ lastUs }) => lastUs < nowUs - OVER_AFTER_US).map((tree) => tree[of]);
    if (past.length < least) return undefined;
    const sorted = past.toSorted((a, b) => a - b);
    return { top: sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0, trees: past.length };
  }

  snapshot(): Json {
    return [...this.#trees].map(([root, { peakPerMinute, spentNanoUsd, lastUs }]) => [root, peakPerMinute, spentNanoUsd, lastUs]);
  }

  restore(state: Json): void {
    const rows = state as [string, number, number, number][];
    this.#trees = new Map(rows.map(([root, peakPerMinute, spentNanoUsd, lastUs]) => [root, { peakPerMinute, spentNanoUsd, lastUs }]));
  }
}
