import { BelayError } from '@belay/protocol';
import { createManualClock } from '@belay/testkit';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createAvailability } from './availability.ts';

function rig() {
  const lines: { level: number; msg: string }[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const clock = createManualClock();
  const availability = createAvailability({
    what: 'decisions',
    clock,
    logger,
    minBackoffMs: 250,
    maxBackoffMs: 1000,
    alarmEveryMs: 60_000,
  });
  return { lines, clock, availability };
}
const away = new BelayError('unavailable', 'no route', { retryable: true });

describe('availability of the store', () => {
  it('backs off in doubling steps up to the longest, and starts again after a success', () => {
    const { availability } = rig();
    expect([1, 2, 3, 4].map(() => availability.failed(away).retryAfterMs)).toEqual([250, 500, 1000, 1000]);
    availability.succeeded();
    expect(availability.failed(away).retryAfterMs).toBe(250);
  });

  it('says since when it waits and why, and that it runs again', () => {
    const { availability, clock } = rig();
    const sinceUs = clock.nowUs();
    availability.failed(away);
    clock.advanceMs(500);
    availability.failed(away);
    expect(availability.state()).toEqual({ state: 'waiting', sinceUs, failures: 2, reason: 'no route' });
    availability.succeeded();
    expect(availability.state()).toEqual({ state: 'running' });
  });

  it('alarms at the first failure, then once a minute, then says how long it took', () => {
    const { availability, clock, lines } = rig();
    for (let second = 0; second < 90; second += 1) {
      availability.failed(away);
      clock.advanceMs(1000);
    }
    availability.succeeded();
    availability.succeeded();
    expect(lines.map((line) => line.level)).toEqual([50, 50, 30]);
  });

  it('passes a permanent error on as it is: the consumer must stop', () => {
    const { availability } = rig();
    const corrupt = new BelayError('corrupt', 'flood');
    expect(availability.failed(corrupt)).toBe(corrupt);
    availability.stopped('flood');
    expect(availability.state()).toMatchObject({ state: 'stopped', reason: 'flood' });
    availability.succeeded();
    expect(availability.state()).toMatchObject({ state: 'stopped' });
  });

  it('makes an unexpected error a permanent one', () => {
    expect(rig().availability.failed(new TypeError('bug'))).toMatchObject({ code: 'internal', retryable: false });
  });
});
