/** Counts, for each of 32 bits, in how many words it is set. */
export interface BitVotes {
  clear(): void;
  /** At most 511 words between two clears. */
  add(word: number): void;
  /** The bits set in more than half of the words. */
  majority(): number;
}

const PLANES = 9;

/**
 * Bit-sliced counters: plane p holds bit p of all 32 counts, so that adding a word is a carry through a plane or two and not 32 additions
 * (Warren, Hacker's Delight, §5-1 "carry-save adders").
 */
export function createBitVotes(): BitVotes {
  const planes = new Int32Array(PLANES);
  let words = 0;
  return {
    clear() {
      planes.fill(0);
      words = 0;
    },
    add(word) {
      words += 1;
      let carry = word;
      for (let plane = 0; carry !== 0 && plane < PLANES; plane++) {
        const held = planes[plane] ?? 0;
        planes[plane] = held ^ carry;
        carry &= held;
      }
    },
    majority: () => greaterThan(planes, words >>> 1),
  };
}

/** The bits whose count is greater than `threshold`: compared from the highest plane down, all 32 at once. */
function greaterThan(planes: Int32Array, threshold: number): number {
  let greater = 0;
  let equal = -1;
  for (let plane = PLANES - 1; plane >= 0; plane--) {
    const held = planes[plane] ?? 0;
    if ((threshold >>> plane) & 1) equal &= held;
    else {
      greater |= equal & held;
      equal &= ~held;
    }
  }
  return greater;
}
