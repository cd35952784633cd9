import { decision } from '@belay/testkit';
import { expect, it } from 'vitest';
import { createBacktest } from './backtest.ts';
import { defaultDetectorConfig } from './config.ts';

it('holds the readings of the newest record only, however long it runs', () => {
  const backtest = createBacktest(defaultDetectorConfig());
  const minuteUs = 60_000_000;
  const counts = Array.from({ length: 50 }, (_, index) => {
    const atUs = index * 2 * minuteUs;
    const at = { startUs: atUs, receivedUs: atUs, sessionId: `s${index}`, taskId: `k${index}` };
    backtest.push(decision({ n: index + 1, ...at, kind: 'tool' }));
    backtest.push(decision({ n: index + 1_001, ...at, kind: 'task_end' }));
    backtest.push(decision({ n: index + 2_001, ...at, startUs: atUs + minuteUs, receivedUs: atUs + minuteUs }));
    return backtest.takeScores().length;
  });
  for (let index = 0; index < 50; index += 1) {
    const atUs = (200 + index) * minuteUs;
    backtest.push(decision({ n: 5_000 + index, startUs: atUs, receivedUs: atUs, sessionId: 'last', taskId: 'last' }));
  }
  expect(Math.max(...counts)).toBeGreaterThan(0);
  expect(backtest.takeScores().length).toBeLessThanOrEqual(Math.max(...counts));
});
