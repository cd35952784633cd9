import type { Admin } from 'kafkajs';
import { expect, test } from 'vitest';
import { kafkaLag } from './kafka-lag.ts';

const ends = [{ partition: 0, offset: '9', low: '2', high: '9' }];
const adminThat = (fetchOffsets: () => Promise<unknown>) => ({ fetchOffsets, fetchTopicOffsets: async () => ends }) as unknown as Admin;

test('a coordinator that moves is asked again', async () => {
  let refusals = 2;
  const admin = adminThat(async () => {
    // What kafkajs 2.2.4 throws when the coordinator is asked for while it moves.
    if (refusals-- > 0) throw new TypeError("Cannot destructure property 'coordinator' of '(intermediate value)' as it is undefined.");
    return [{ topic: 't', partitions: [{ partition: 0, offset: '4' }] }];
  });
  expect(await kafkaLag(admin, 'g', 't')).toEqual([{ partition: 0, lag: 5n }]);
});

test('one that stays away is an error that says so and may be tried again', async () => {
  const admin = adminThat(async () => {
    throw new TypeError("Cannot destructure property 'coordinator' of '(intermediate value)' as it is undefined.");
  });
  await expect(kafkaLag(admin, 'g', 't')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
});

test('what cannot be mended is not tried again', async () => {
  let asked = 0;
  const admin = adminThat(async () => {
    asked++;
    throw Object.assign(new Error('no'), { type: 'GROUP_AUTHORIZATION_FAILED' });
  });
  await expect(kafkaLag(admin, 'g', 't')).rejects.toMatchObject({ code: 'forbidden' });
  expect(asked).toBe(1);
});
