/** Of a file, this part of the decisions at either end is left out: a few agents whose clocks are wrong must not stretch the span. */
const EDGE = 0.05;
/** Times kept of a file; of a longer one every second is let go of, again and again. */
const KEPT_MAX = 1_000_000;

/** From when to when the decisions of a backtest were received, µs. */
export interface CoveredSpan {
  add(receivedUs: number): void;
  /** Undefined while there is no decision. */
  readonly firstUs: number | undefined;
  readonly lastUs: number | undefined;
}

/** Of the history: by the clock of the platform, from the first decision to the last. */
export function createPlatformSpan(): CoveredSpan {
  let firstUs: number | undefined;
  let lastUs: number | undefined;
  return {
    add: (receivedUs) => {
      firstUs = Math.min(firstUs ?? receivedUs, receivedUs);
      lastUs = Math.max(lastUs ?? receivedUs, receivedUs);
    },
    get firstUs() {
      return firstUs;
    },
    get lastUs() {
      return lastUs;
    },
  };
}

/**
 * Of a file, which has the clocks of the agents alone: the middle nine tenths of its decisions. Of up to twenty decisions, all. It is robust against
 * stray clocks, not against an agent that makes a tenth of the decisions at made-up times.
 */
export function createFileSpan(): CoveredSpan {
  let kept: number[] = [];
  let inOrder: readonly number[] | undefined;
  let every = 1;
  let count = 0;
  const at = (index: (last: number) => number): number | undefined => {
    inOrder ??= kept.toSorted((a, b) => a - b);
    return inOrder[index(inOrder.length - 1)];
  };
  return {
    add: (receivedUs) => {
      inOrder = undefined;
      if (count % every === 0) kept.push(receivedUs);
      count += 1;
      if (kept.length < KEPT_MAX) return;
      kept = kept.filter((_, index) => index % 2 === 0);
      every *= 2;
    },
    get firstUs() {
      return at((last) => Math.floor(EDGE * last));
    },
    get lastUs() {
      return at((last) => Math.ceil((1 - EDGE) * last));
    },
  };
}
