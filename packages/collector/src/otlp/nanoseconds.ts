/** Largest time a DecisionEvent holds, µs: the range of ECMAScript time values. */
export const MICROS_MAX = 8.64e15;

// 2^32 ns = 4,294,967 µs and 296 ns: split so that no product leaves the exact integers below the clamp.
const MICROS_PER_HIGH = 4_294_967;
const NANOS_PER_HIGH = 296;

/** Unsigned 64-bit nanoseconds as two words → whole µs, clamped to {@link MICROS_MAX}. */
export const wordsToMicros = (high: number, low: number): number =>
  Math.min(MICROS_MAX, high * MICROS_PER_HIGH + Math.floor((high * NANOS_PER_HIGH + low) / 1000));

/** Nanoseconds as OTLP/JSON writes them (decimal text, or a number) → whole µs, clamped to 0…{@link MICROS_MAX}; 0 for anything else. */
export function jsonNanosToMicros(value: unknown): number {
  if (typeof value === 'string') {
    if (!/^\d{1,20}$/.test(value)) return 0;
    return Math.min(MICROS_MAX, Number(value.slice(0, -3)));
  }
  return typeof value === 'number' && value > 0 ? Math.min(MICROS_MAX, Math.floor(value / 1000)) : 0;
}
