import { BelayError } from '@belay/protocol';
import { createManualClock, createSeededRandom } from '@belay/testkit';
import { expect, test } from 'vitest';
import { createRetryingPublisher, type RetryingPublisherConfig } from './retrying-publisher.ts';

function retrying(outcomes: (BelayError | undefined)[], more: Partial<RetryingPublisherConfig> = {}) {
  const clock = createManualClock();
  const waits: number[] = [];
  let calls = 0;
  const publisher = createRetryingPublisher({
    publisher: {
      async publish() {
        const outcome = outcomes[Math.min(calls++, outcomes.length - 1)];
        if (outcome !== undefined) throw outcome;
      },
    },
    clock,
    random: createSeededRandom(1),
    sleep: async (ms) => {
      waits.push(ms);
      clock.advance(ms * 1000);
    },
    ...more,
  });
  return { publisher, waits, calls: () => calls };
}

const away = (retryAfterMs?: number): BelayError =>
  new BelayError('unavailable', 'away', { retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

test('publishes again until it is accepted, waiting longer each time', async () => {
  const { publisher, waits, calls } = retrying([away(), away(), away(), undefined]);
  await publisher.publish([]);
  expect(calls()).toBe(4);
  expect(waits).toHaveLength(3);
  for (const [index, base] of [50, 100, 200].entries()) {
    expect(waits[index]).toBeGreaterThanOrEqual(base * 0.5);
    expect(waits[index]).toBeLessThan(base * 1.5);
  }
});

test('waits at least as long as the error says', async () => {
  const { publisher, waits } = retrying([away(700), undefined]);
  await publisher.publish([]);
  expect(waits).toEqual([700]);
});

test('passes a permanent error on at once', async () => {
  const { publisher, calls } = retrying([new BelayError('too_large', 'no')]);
  await expect(publisher.publish([])).rejects.toMatchObject({ code: 'too_large' });
  expect(calls()).toBe(1);
});

test('gives up when the time is over, with the last error', async () => {
  const { publisher, waits } = retrying([away()], { maxElapsedMs: 1_000 });
  await expect(publisher.publish([])).rejects.toMatchObject({ code: 'unavailable' });
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(1_000);
  expect(waits.length).toBeGreaterThan(2);
});

test('ends the waiting when it is aborted', async () => {
  const abort = new AbortController();
  const { publisher, calls } = retrying([away()], {
    maxElapsedMs: Number.POSITIVE_INFINITY,
    signal: abort.signal,
    sleep: async () => abort.abort(),
  });
  await expect(publisher.publish([])).rejects.toMatchObject({ code: 'unavailable' });
  expect(calls()).toBe(2);
});
