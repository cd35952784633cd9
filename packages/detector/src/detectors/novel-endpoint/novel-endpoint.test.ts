import type { DecisionEvent, FeedbackVerdict, InputRecord } from '@belay/protocol';
import type { DecisionOverrides } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { look, mail, officeStream } from '../../testing/novelty-streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import type { Finding, FleetPrior } from '../detector.ts';
import { fleetKeysOf } from './fleet-keys.ts';
import { novelEndpointDetector } from './novel-endpoint.ts';

const USUAL = officeStream(20);
const STRANGER = 'drop@elsewhere.shop';

/** A session of its own in which something is read and then a stranger is written to. */
const attack = (n: number, overrides: DecisionOverrides = {}, to = STRANGER): DecisionEvent[] => {
  const sessionId = `attack-${n}`;
  return [look(n, { sessionId, call: { digest: `sha256:look-${n}` } }), mail(n + 1, to, { sessionId, ...overrides })];
};
/** A read with these arguments; anything else as it is. */
const withDigest = (event: DecisionEvent, digest: string): DecisionEvent =>
  event.call?.effect === 'read' ? { ...event, call: { ...event.call, digest } } : event;
const alarms = (records: readonly (DecisionEvent | InputRecord)[], overrides: Record<string, unknown> = {}): string[] =>
  marks(play(createWatched(novelEndpointDetector, overrides), records));
const findings = (records: readonly (DecisionEvent | InputRecord)[], overrides: Record<string, unknown> = {}): Finding[] =>
  play(createWatched(novelEndpointDetector, overrides), records).map(({ finding }) => finding);
const feedback = (finding: Finding | undefined, verdict: FeedbackVerdict, change: 'given' | 'withdrawn' = 'given'): InputRecord => ({
  v: 1,
  record: 'feedback',
  id: `${verdict}-${change}`,
  tenant: 'acme',
  agentId: 'agent-1',
  anomalyId: 'sha256:x',
  detector: 'novel_endpoint',
  rule: finding?.rule ?? '',
  cause: finding?.cause ?? '',
  verdict,
  change,
  atUs: 0,
});

describe('what is new, at a moment that makes it suspicious', () => {
  test('a stranger who is written to right after a read is an alarm', () => {
    expect(alarms([...USUAL, ...attack(201)])).toEqual(['122:novel:warning']);
  });

  test('someone known is not, and the agent at its usual work is silent', () => {
    expect(alarms([...officeStream(200), ...attack(5_000, {}, 'ann@acme.shop')])).toEqual([]);
  });

  test('the first call of a session comes from who opened it', () => {
    expect(alarms([...USUAL, mail(201, STRANGER, { sessionId: 'attack' })])).toEqual([]);
  });

  test('a read that failed brought nothing: what comes after it counts less', () => {
    const points = (status: 'ok' | 'error') =>
      findings([...USUAL, look(201, { sessionId: 'attack', outcome: { status } }), mail(202, STRANGER, { sessionId: 'attack' })])[0]?.facts
        .points;
    expect(points('ok')).toBe(Number(points('error')) + 1);
  });

  test('a call that was refused is neither an alarm nor learned', () => {
    const refused = attack(201, { outcome: { status: 'blocked' } });
    const found = alarms([...USUAL, ...refused, ...attack(301)]);
    expect(found.filter((mark) => mark.endsWith(':warning'))).toEqual(['124:novel:warning']);
  });

  test('the first twenty calls are silent, in which everything is new', () => {
    expect(alarms([...officeStream(2), ...attack(101)])).toEqual([]);
  });

  test('an agent without a fleet is watched for ten calls more', () => {
    expect(alarms([...officeStream(4), ...attack(101)])).toEqual([]);
    expect(alarms([...officeStream(4), ...attack(101)], { warmUpAlone: 0 })).toEqual(['26:novel:warning']);
  });

  test('what every session of a task brings is told once; what one in many brought is told again', () => {
    const task = (n: number, to: string): DecisionEvent[] => attack(n, {}, to).map((event) => withDigest(event, 'sha256:task'));
    expect(alarms([...USUAL, ...[201, 301, 401].flatMap((n) => task(n, STRANGER))])).toHaveLength(1);
    const usual = [201, 301, 401, 501, 601, 701].flatMap((n) => task(n, 'ann@acme.shop'));
    const rare = [...USUAL, ...usual, ...task(801, STRANGER), ...task(901, STRANGER)];
    expect(alarms(rare, { taskHabitAlone: 1 })).toHaveLength(2);
    expect(alarms(rare, { taskHabitAlone: 0.1 })).toHaveLength(1);
  });

  test('a task that is new is new all the time: news that follows news counts less', () => {
    const sessionId = 'task';
    const news = Array.from({ length: 5 }, (_, i) =>
      look(200 + i, { sessionId, call: { name: `tool-${i}`, destinations: [`db:select:t${i}`] } }),
    );
    const file = (n: number) =>
      look(n, { sessionId, call: { destinations: [`https://h${n}.shop`], features: [{ role: 'url', kind: 'url' }] } });
    const pointsAfter = (before: readonly DecisionEvent[]) =>
      findings([...USUAL, ...before, file(300), mail(301, STRANGER, { sessionId })]).find(({ decisionIds }) => decisionIds.length > 0)
        ?.facts.points;
    expect(pointsAfter([])).toBeGreaterThan(Number(pointsAfter(news) ?? 0));
  });

  test('an argument that is new every time says nothing', () => {
    const subject = (n: number) => ({
      call: { features: [{ role: 'subject', kind: 'text' as const, hash: n.toString(16).padStart(16, '0') }] },
    });
    const stream = officeStream(60).map((event, n) =>
      event.call?.name === 'send_mail' ? mail(n + 1, 'ann@acme.shop', { ...subject(n), sessionId: event.sessionId ?? '' }) : event,
    );
    expect(alarms(stream)).toEqual([]);
  });
});

describe('quarantine', () => {
  test('what was an alarm is one again in every session, under the first', () => {
    const found = findings([...USUAL, ...attack(201), ...attack(301), ...attack(401)]);
    expect(found.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
    expect(new Set(found.map(({ cause }) => cause)).size).toBe(3);
    expect(found[2]?.decisionIds[0]).toBe(found[0]?.decisionIds.at(-1));
    expect(found[2]?.explanation).toContain('found before');
  });

  test('expected and false positive accept it; taking that back undoes it exactly', () => {
    for (const verdict of ['expected', 'false_positive'] as const) {
      const [first] = findings([...USUAL, ...attack(201)]);
      const accepted = feedback(first, verdict);
      const undone = feedback(first, verdict, 'withdrawn');
      expect(alarms([...USUAL, ...attack(201), accepted, ...attack(301)])).toEqual(['122:novel:warning']);
      const without = findings([...USUAL, ...attack(201), ...attack(401)]);
      expect(findings([...USUAL, ...attack(201), accepted, undone, ...attack(401)])).toEqual(without);
    }
  });

  test('of two anomalies of a story that are expected, taking one back leaves the other', () => {
    const [first, second] = findings([...USUAL, ...attack(201), ...attack(301)]);
    const words = [feedback(first, 'expected'), { ...feedback(second, 'expected'), anomalyId: 'sha256:other' }];
    const undone = { ...feedback(second, 'expected', 'withdrawn'), anomalyId: 'sha256:other' };
    const before = [...USUAL, ...attack(201), ...attack(301), ...words];
    expect(alarms([...before, undone, ...attack(401)])).toHaveLength(2);
    expect(alarms([...before, undone, feedback(first, 'expected', 'withdrawn'), ...attack(401)])).toHaveLength(3);
  });

  test('a true positive stays: neither a fleet nor a count lets it go', () => {
    const [first] = findings([...USUAL, ...attack(201)]);
    const records = [...USUAL, ...attack(201), feedback(first, 'true_positive'), ...attack(301), ...attack(401), ...attack(501)];
    expect(alarms(records, { releaseSessions: 2, releaseDays: 1 })).toHaveLength(4);
    expect(
      alarms(
        records.filter((record) => !('record' in record)),
        { releaseSessions: 2, releaseDays: 1 },
      ).length,
    ).toBeLessThan(4);
  });

  test('a task that brought it before brings it again without an alarm', () => {
    const again = (n: number) =>
      attack(n).map(
        (event) =>
          ({
            ...event,
            call: { ...event.call, digest: event.call?.name === 'read_inbox' ? 'sha256:task' : event.call?.digest },
          }) as DecisionEvent,
      );
    expect(alarms([...USUAL, ...again(201), ...again(301)])).toEqual(['122:novel:warning']);
  });
});

describe('the fleet', () => {
  const fleetOf = (events: readonly DecisionEvent[]): FleetPrior => {
    const keys = new Set(events.flatMap((event) => fleetKeysOf(event)));
    return { version: 1, has: (key) => keys.has(key) };
  };
  const among = (prior: FleetPrior, records: readonly (DecisionEvent | InputRecord)[], overrides: Record<string, unknown> = {}) =>
    marks(play(novelEndpointDetector.create(novelEndpointDetector.configSchema.parse(overrides), { priorOf: () => prior }), records));

  test('what others of its kind use is not new to an agent', () => {
    expect(among(fleetOf(attack(1)), [...USUAL, ...attack(201)])).toEqual([]);
    expect(among(fleetOf(attack(1)), [...USUAL, ...attack(201)], { fleetPrior: false })).toEqual(['122:novel:warning']);
  });

  test('a newcomer in a fleet is held back from the tenth call on, without an alarm before the twentieth', () => {
    expect(among(fleetOf(USUAL), [...officeStream(2), ...attack(101)])).toEqual(['14:novel:info']);
    expect(among(fleetOf(USUAL), [...officeStream(1), ...attack(101)])).toEqual([]);
  });

  test('a fleet that does not know it changes nothing but how it is said', () => {
    expect(among(fleetOf(USUAL), [...USUAL, ...attack(201)])).toEqual(['122:novel:warning']);
  });
});

describe('rules and words', () => {
  test('a destination that stood in what a call of the session brought is told with its origin', () => {
    const sessionId = 'attack';
    const read = look(201, { sessionId, outcome: { mentions: ['mailto:elsewhere.shop', `mailto:${STRANGER}`] } });
    const [found] = findings([...USUAL, read, mail(202, STRANGER, { sessionId })]);
    expect(found).toMatchObject({ rule: 'untrusted_content', facts: { first_mentioned_in: read.id }, scope: 'session' });
    expect(found?.decisionIds).toContain(read.id);
  });

  test('the sentence says what is new, since when it is watched, and how much it counts', () => {
    const [found] = findings([...USUAL, ...attack(201)]);
    expect(found?.explanation).toBe(
      'Agent agent-1 calls send_mail with the recipient mailto:elsewhere.shop, the recipient mailto:drop@elsewhere.shop, right ' +
        'after reading something: in 121 calls of 21 sessions it has not used that (5.4 points, alarm at 4.0).',
    );
  });

  test('an allow list alarms from the first call, and what is on it is never new', () => {
    const allow = ['mailto:*@acme.shop'];
    expect(alarms([mail(1, STRANGER)], { allow })).toEqual(['1:not_allowed:warning']);
    expect(alarms([...USUAL, ...attack(201, {}, 'new@acme.shop')], { allow })).toEqual([]);
  });

  test('a new version of the agent is given more room, for a while', () => {
    const version = { agent: { name: 'office', version: '2' } };
    const before = USUAL.map((event) => ({ ...event, agent: { ...event.agent, version: '1' } }));
    const [found] = findings([...before, ...attack(201, version)], { newVersionFactor: 2 });
    expect(found).toMatchObject({ severity: 'info' });
  });

  test('it is learning until it has seen twenty calls and little of it is new', () => {
    const detector = createWatched(novelEndpointDetector);
    expect(detector.learning()).toEqual({ learned: 0, needed: 20 });
    play(detector, officeStream(2));
    expect(detector.learning()).toEqual({ learned: 12, needed: 20 });
    play(detector, officeStream(20, 12));
    expect(detector.learning()).toEqual({ learned: 20, needed: 20 });
    expect(detector.measures?.()[0]).toMatchObject({ metric: 'unseen_share', learning: false });
  });
});
