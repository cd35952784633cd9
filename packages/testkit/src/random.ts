import type { Random } from '@belay/protocol';

export interface SeededRandom extends Random {
  /** Integer in [min, max], both included. */
  integer(min: number, max: number): number;
  /** One of the items. @throws RangeError on an empty list. */
  pick<T>(items: readonly T[]): T;
  bytes(size: number): Uint8Array;
}

/** mulberry32 (public domain, Tommy Ettinger): the same seed, the same numbers, on every machine. */
export function createSeededRandom(seed = 1): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    pick(items) {
      const item = items[integer(0, items.length - 1)];
      if (items.length === 0 || item === undefined) throw new RangeError('Cannot pick from an empty list.');
      return item;
    },
    bytes: (size) => Uint8Array.from({ length: size }, () => integer(0, 255)),
  };
}
