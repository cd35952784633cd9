/** What was worked out lately, so that values which repeat (and most short ones do) are not worked out again. Bounded; pure functions only. */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/**
 * Two generations: when the young one is full the old one is dropped, so that a value in use stays and no list of uses is kept.
 * @param max entries of a generation.
 */
export function createRecent<Value>(max: number): Recent<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  const set = (key: string, value: Value): void => {
    if (young.size >= max) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    set,
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const before = old.get(key);
      if (before !== undefined) set(key, before);
      return before;
    },
  };
}
