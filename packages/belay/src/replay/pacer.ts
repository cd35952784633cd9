/** Holds requests back so that event time passes `speed` times as fast as it did when recorded. */
export interface Pacer {
  /** How long to wait before sending what ended at `endUs`, ms; 0 = at once. Time that runs backwards waits for nothing. */
  delayMs(endUs: number, nowUs: number): number;
}

/** @param speed 1 = as recorded, 10 = ten times as fast; undefined = as fast as it goes. */
export function createPacer(speed: number | undefined): Pacer {
  let origin: { eventUs: number; realUs: number } | undefined;
  return {
    delayMs(endUs, nowUs) {
      if (speed === undefined) return 0;
      origin ??= { eventUs: endUs, realUs: nowUs };
      const dueUs = origin.realUs + (endUs - origin.eventUs) / speed;
      return Math.max(0, (dueUs - nowUs) / 1000);
    },
  };
}
