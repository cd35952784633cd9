import type { Publisher } from '@belay/bus';
import { BelayError } from '@belay/protocol';
import type { SeededRandom } from '@belay/testkit';

/** How often each thing happens, shares of all calls; the rest goes through. */
export interface Faults {
  /** Nothing is written; may be tried again. */
  readonly refusesForNow: number;
  /** A random part is written, then it fails; may be tried again. */
  readonly writesAPart: number;
  /** Everything is written, and the acknowledgement is lost; may be tried again. */
  readonly losesTheAnswer: number;
  /** Nothing is written, for good. */
  readonly refusesForGood: number;
}

export const HEAVY_FAULTS: Faults = { refusesForNow: 0.15, writesAPart: 0.15, losesTheAnswer: 0.1, refusesForGood: 0.05 };

/** A real log that fails as logs do, by the dice. */
export function createFaultyPublisher(publisher: Publisher, random: SeededRandom, faults: Faults = HEAVY_FAULTS): Publisher {
  const forNow = (): BelayError => new BelayError('unavailable', 'injected', { retryable: true, retryAfterMs: 1 });
  return {
    async publish(messages) {
      let dice = random.next();
      dice -= faults.refusesForNow;
      if (dice < 0) throw forNow();
      dice -= faults.writesAPart;
      if (dice < 0) {
        await publisher.publish(messages.filter(() => random.next() < 0.5));
        throw forNow();
      }
      dice -= faults.losesTheAnswer;
      if (dice < 0) {
        await publisher.publish(messages);
        throw forNow();
      }
      dice -= faults.refusesForGood;
      if (dice < 0) throw new BelayError('corrupt', 'injected');
      await publisher.publish(messages);
    },
  };
}
