import type { Anomaly, DecisionEvent, InputRecord } from '@belay/protocol';
import { anomaly, MANUAL_CLOCK_START_US } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { createBacktest } from '../backtest.ts';
import { defaultDetectorConfig } from '../config.ts';
import { fleetKeysOf } from '../detectors/novel-endpoint/fleet-keys.ts';
import { look, mail, officeStream } from '../testing/novelty-streams.test-support.ts';
import { BacktestPriors } from './backtest-priors.ts';

const BASE_US = Math.ceil(MANUAL_CLOCK_START_US / 60e6) * 60e6;
const used = (n: number, agentId: string, to: string, seconds: number): DecisionEvent =>
  mail(n, to, { agentId, sessionId: `${agentId}-${n}`, startUs: BASE_US + seconds * 1e6, receivedUs: BASE_US + seconds * 1e6 });
const flag = (event: DecisionEvent, overrides: Partial<Anomaly> = {}): Anomaly =>
  anomaly({ detector: 'novel_endpoint', severity: 'info', triggerDecisionId: event.id, sessionId: event.sessionId, ...overrides });
const keysOf = (records: readonly InputRecord[]): string[] => records.flatMap((record) => (record.record === 'prior' ? record.keys : []));

function tell(
  events: readonly DecisionEvent[],
  found: (event: DecisionEvent) => readonly Anomaly[] = () => [],
  period = 60,
): InputRecord[] {
  const priors = new BacktestPriors(period);
  return events.flatMap((event) => {
    const due = priors.due(event);
    priors.take(event, found(event));
    return due;
  });
}

describe('priors in a backtest', () => {
  const pair = [used(1, 'a', 'ann@acme.shop', 1), used(2, 'b', 'ann@acme.shop', 2)];

  test('come at the boundaries of the schedule, half a minute after what they are made of', () => {
    expect(tell([...pair, used(3, 'c', 'x@acme.shop', 59)])).toEqual([]);
    expect(keysOf(tell([...pair, used(3, 'c', 'x@acme.shop', 60)]))).toEqual(fleetKeysOf(pair[0] as DecisionEvent).toSorted());
    const late = [used(1, 'a', 'ann@acme.shop', 31), used(2, 'b', 'ann@acme.shop', 31), used(3, 'c', 'x@acme.shop', 61)];
    expect(tell(late)).toEqual([]);
    expect(tell([...late, used(4, 'c', 'x@acme.shop', 121)])).not.toEqual([]);
  });

  test('hold nothing of the future: the same records, cut anywhere, tell the same until there', () => {
    const events = Array.from({ length: 120 }, (_, n) => used(n + 1, `agent-${n % 4}`, `p${n % 9}@acme.shop`, n * 5));
    const whole = tell(events);
    for (let cut = 0; cut <= events.length; cut += 7) {
      const part = tell(events.slice(0, cut));
      expect(whole.slice(0, part.length)).toEqual(part);
    }
  });

  test('leave out what was flagged, and the rest of its session', () => {
    const near = { ...used(5, 'b', 'near@acme.shop', 3), sessionId: 'b-2' };
    const events = [...pair, used(4, 'a', 'near@acme.shop', 3), near, used(9, 'c', 'x@acme.shop', 60)];
    expect(keysOf(tell(events))).not.toEqual([]);
    expect(keysOf(tell(events, (event) => (event === pair[1] ? [flag(event)] : [])))).toEqual([]);
  });

  test('a hint of another detector flags nothing', () => {
    const events = [...pair, used(9, 'c', 'x@acme.shop', 60)];
    expect(keysOf(tell(events, (event) => [flag(event, { detector: 'loop' })]))).not.toEqual([]);
    expect(keysOf(tell(events, (event) => [flag(event, { detector: 'loop', severity: 'warning' })]))).toEqual([]);
  });

  test('a period of nought is never', () => {
    expect(tell([...pair, used(9, 'c', 'x@acme.shop', 600)], () => [], 0)).toEqual([]);
  });

  test('in the whole pipeline, what two others use is no alarm for the third; alone it is', () => {
    const others = ['a', 'b'].flatMap((agentId, i) => [
      ...officeStream(10).map((event) => ({
        ...event,
        agent: { ...event.agent, id: agentId },
        sessionId: `${agentId}-${event.sessionId}`,
      })),
      { ...mail(61 + i, 'new@partner.shop', { sessionId: `${agentId}-first` }), agent: { id: agentId, name: 'office' } },
    ]);
    const third = [...officeStream(40), look(241, { sessionId: 'last' }), mail(242, 'new@partner.shop', { sessionId: 'last' })];
    const renumbered = third.map((event, n) => ({
      ...event,
      id: `${'f'.repeat(32)}:${n.toString(16).padStart(16, '0')}`,
      seq: n + 1,
      runId: 'third',
    }));
    const alarmsWith = (fleetPriorSeconds: number) => {
      const backtest = createBacktest({ ...defaultDetectorConfig(), fleetPriorSeconds });
      return [...others, ...renumbered]
        .toSorted((x, y) => x.receivedUs - y.receivedUs)
        .flatMap((event) => backtest.push(event))
        .filter(({ detector, severity }) => detector === 'novel_endpoint' && severity === 'warning');
    };
    expect(alarmsWith(0).map(({ agentId }) => agentId)).toEqual(['agent-1']);
    expect(alarmsWith(60)).toEqual([]);
  });
});
