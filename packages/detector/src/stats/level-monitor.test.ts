import { createSeededRandom, type SeededRandom } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { LevelMonitor, type LevelReading } from './level-monitor.ts';

const FIVE_MINUTES_US = 300_000_000;
const CHANGE_AT = 3000;

/** Standard normal (Box and Muller 1958). */
const normal = (random: SeededRandom): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

interface Alarm {
  readonly at: number;
  readonly reading: LevelReading;
}

function alarms(length: number, valueAt: (i: number, noise: number) => number, options: { seed?: number; timed?: boolean } = {}): Alarm[] {
  const random = createSeededRandom(options.seed ?? 7);
  const monitor = new LevelMonitor();
  const found: Alarm[] = [];
  for (let at = 0; at < length; at++) {
    const reading = monitor.update(valueAt(at, normal(random)), options.timed ? at * FIVE_MINUTES_US : undefined);
    if (reading?.alarm) found.push({ at, reading });
  }
  return found;
}

const since = (found: readonly Alarm[], at: number, until = Number.POSITIVE_INFINITY): Alarm[] =>
  found.filter((alarm) => alarm.at >= at && alarm.at < until);

describe('what it sees', () => {
  test('a step of four deviations within twelve values, and then the new level is known', () => {
    const found = alarms(6000, (i, noise) => 50 + noise + (i >= CHANGE_AT ? 4 : 0));
    expect(since(found, CHANGE_AT)[0]?.at).toBeLessThan(CHANGE_AT + 12);
    expect(since(found, CHANGE_AT, CHANGE_AT + 1000).length).toBeLessThanOrEqual(5);
  });

  test('a single spike of eight deviations, at once', () => {
    const [first] = since(
      alarms(4000, (i, noise) => 50 + noise + (i === CHANGE_AT ? 8 : 0)),
      CHANGE_AT,
    );
    expect(first).toMatchObject({ at: CHANGE_AT });
    expect(first?.reading.level).toBeCloseTo(50, 0);
  });

  test('a fall as well as a rise', () => {
    const [first] = since(
      alarms(4000, (i, noise) => 50 + noise - (i === CHANGE_AT ? 8 : 0)),
      CHANGE_AT,
    );
    expect(first).toMatchObject({ at: CHANGE_AT });
  });

  test('a drift of three deviations over 500 values, before it is complete', () => {
    const found = alarms(4000, (i, noise) => 50 + noise + 3 * Math.min(1, Math.max(0, i - CHANGE_AT) / 500));
    expect(since(found, CHANGE_AT)[0]?.at).toBeLessThan(CHANGE_AT + 500);
  });

  test('a spread that triples, within twenty values', () => {
    const found = alarms(4000, (i, noise) => 50 + noise * (i >= CHANGE_AT ? 3 : 1));
    expect(since(found, CHANGE_AT)[0]?.at).toBeLessThan(CHANGE_AT + 20);
  });

  test('a lively series that goes flat at its own level', () => {
    const [first] = since(
      alarms(4000, (i, noise) => (i >= CHANGE_AT ? 50 : 50 + noise)),
      CHANGE_AT,
    );
    expect(first).toMatchObject({ reading: { signal: 'calm' } });
    expect(first?.at).toBeLessThan(CHANGE_AT + 96);
  });

  test('a day without its peak, by the hour, though no value is unusual', () => {
    const peak = (i: number): number => (i % 288 >= 108 && i % 288 < 216 && Math.floor(i / 288) !== 11 ? 80 : 20);
    const dayStart = 11 * 288;
    const quiet = alarms(13 * 288, (i, noise) => peak(i) + noise, { timed: true });
    expect(since(quiet, dayStart + 108, dayStart + 144)[0]?.reading.signal).toBe('hour_below');
    expect(
      since(
        alarms(13 * 288, (i, noise) => peak(i) + noise),
        dayStart + 108,
        dayStart + 144,
      ),
    ).toEqual([]);
  });
});

describe('what it lets pass', () => {
  test('noise, normal or heavy-tailed: an alarm in 800 values or fewer of them, also in a long series', () => {
    const shapes = [(noise: number): number => noise, (noise: number): number => Math.exp(noise)];
    for (const shape of shapes) {
      const counts = [1, 2, 3, 4].map(
        (seed) =>
          since(
            alarms(15_000, (_i, noise) => shape(noise), { seed }),
            600,
          ).length,
      );
      expect(counts.reduce((sum, count) => sum + count, 0) / (4 * 14_400)).toBeLessThan(1 / 800);
    }
  });

  test('a series that never moves, and its first 32 values whatever they are', () => {
    expect(alarms(4000, () => 45.1)).toEqual([]);
    expect(alarms(32, (i) => 10 ** i)).toEqual([]);
  });

  test('a daily peak that comes as always', () => {
    const found = alarms(14 * 288, (i, noise) => (i % 288 > 200 ? 80 : 20) + noise, { timed: true });
    expect(since(found, 5 * 288).length).toBeLessThanOrEqual(7);
  });

  test('most spikes of a kind that keeps coming, after ten of them', () => {
    const found = alarms(9000, (i, noise) => noise + (i >= CHANGE_AT && i % 300 === 0 ? 20 : 0));
    const ofSpikes = since(found, CHANGE_AT).filter(({ at }) => at % 300 < 96);
    expect(ofSpikes[0]?.at).toBe(CHANGE_AT);
    expect(since(ofSpikes, CHANGE_AT + 3000).length).toBeLessThanOrEqual(3);
  });
});

describe('what a caller sets', () => {
  test('a smaller alarm probability alarms less', () => {
    const random = createSeededRandom(5);
    const values = Array.from({ length: 4000 }, () => normal(random));
    const count = (alarmProbability: number): number => {
      const monitor = new LevelMonitor({ alarmProbability });
      return values.filter((value) => monitor.update(value)?.alarm).length;
    };
    expect(count(1e-6)).toBeLessThan(count(1e-2));
  });

  test('a resting alarm is repeated only by something clearly rarer', () => {
    const random = createSeededRandom(5);
    const monitor = new LevelMonitor({ restValues: 50 });
    for (let i = 0; i < 1000; i++) monitor.update(normal(random));
    expect(monitor.update(7)?.alarm).toBe(true);
    expect(monitor.update(7)).toMatchObject({ alarm: false, score: 0 });
    expect(monitor.update(1000)?.alarm).toBe(true);
  });
});
