import { expect, test } from 'vitest';
import { createBacktest } from './backtest.ts';
import { defaultDetectorConfig } from './config.ts';
import { call } from './testing/streams.test-support.ts';

const events = Array.from({ length: 4 }, (_, i) => call(i + 1, 'a', 'r'));

test('a backtest says what the service would have, detected when the trigger was received', () => {
  const backtest = createBacktest(defaultDetectorConfig());
  const found = events.flatMap((event) => backtest.push(event));
  expect([...found, ...backtest.finish()].map(({ rule, response, detectedUs }) => [rule, response, detectedUs])).toEqual([
    ['L1', 'notify', events[2]?.receivedUs],
    ['L1', 'pause', events[3]?.receivedUs],
  ]);
  expect(backtest.summary()).toMatchObject({
    decisions: 4,
    agents: 1,
    anomalies: 2,
    byRule: { 'loop/L1 info notify': 1, 'loop/L1 warning pause': 1 },
  });
});

test('the same records give the same bytes', () => {
  const bytes = () => {
    const backtest = createBacktest(defaultDetectorConfig());
    return JSON.stringify(events.flatMap((event) => backtest.push(event)));
  };
  expect(bytes()).toBe(bytes());
});
