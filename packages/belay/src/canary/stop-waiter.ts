import type { StopRecord } from '@belay/instrumentation';
import { BelayError } from '@belay/protocol';

/** A confirmed hold on one session, µs of the agent's clock (the hold's own time is control's). */
interface ConfirmedStop {
  readonly holdId: string;
  readonly heldUs: number;
  readonly appliedUs: number;
  readonly confirmedUs: number;
}

/** Waits for the hold on a session to be applied and confirmed. */
export interface StopWaiter {
  take(notice: StopRecord): void;
  /** @throws BelayError `timeout` that says how far the loop came. */
  waitFor(sessionId: string, timeoutMs: number): Promise<ConfirmedStop>;
}

interface Waiting {
  appliedUs: number | undefined;
  done(stop: ConfirmedStop): void;
}

export function createStopWaiter(): StopWaiter {
  const waiting = new Map<string, Waiting>();
  return {
    take(notice) {
      for (const hold of notice.holds) {
        const entry = hold.scope === 'session' ? waiting.get(hold.scopeId) : undefined;
        if (entry === undefined) continue;
        if (notice.state === 'applied') entry.appliedUs ??= notice.atUs;
        if (notice.state === 'confirmed') {
          entry.done({ holdId: hold.id, heldUs: hold.placedUs, appliedUs: entry.appliedUs ?? notice.atUs, confirmedUs: notice.atUs });
        }
      }
    },
    waitFor(sessionId, timeoutMs) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          const where = waiting.get(sessionId)?.appliedUs === undefined ? 'no pause came back' : 'the pause was applied but not confirmed';
          waiting.delete(sessionId);
          reject(new BelayError('timeout', `${where} within ${timeoutMs} ms`));
        }, timeoutMs);
        const done = (stop: ConfirmedStop): void => {
          clearTimeout(timer);
          waiting.delete(sessionId);
          resolve(stop);
        };
        waiting.set(sessionId, { appliedUs: undefined, done });
      });
    },
  };
}
