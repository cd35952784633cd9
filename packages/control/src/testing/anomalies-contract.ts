import { type Anomaly, agentKey, type ControlEvent } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { eventually, type Harness, register, startHarness, TOPIC } from './control.test-support.ts';
import { readEvents } from './event-reader.test-support.ts';

let numbers = 0;

/** What detectors find becomes holds, within the blast radius. */
export function anomaliesContract(open: () => Promise<Database>): void {
  describe('anomalies', () => {
    let database: Database;
    let h: Harness;
    let token: string;
    beforeAll(async () => {
      database = await open();
      h = await startHarness(database);
      token = await h.operator();
    });
    // A blast radius of its own for each test.
    beforeEach(() => h.clock.advanceMs(600_001));
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    const make = (agentId: string, more: Partial<Anomaly> = {}): Anomaly => {
      numbers += 1;
      const nowUs = h.clock.nowUs();
      return anomaly({
        id: `an-${numbers}`,
        tenant: h.tenant,
        agentId,
        detector: 'loop',
        rule: 'L1',
        mode: 'enforce',
        response: 'pause',
        triggerUs: nowUs,
        detectedUs: nowUs,
        explanation: 'It loops.',
        ...more,
      });
    };
    const publish = (...found: Anomaly[]) =>
      h.bus.publisher.publish(
        found.map((each) => ({
          topic: TOPIC.anomalies,
          key: agentKey(each.tenant, each.agentId),
          value: new TextEncoder().encode(JSON.stringify(each)),
          timestampUs: each.detectedUs,
        })),
      );
    const disposition = async (found: Anomaly): Promise<string> => {
      let answer: string | undefined;
      await eventually(async () => {
        const { body } = await h.call('GET', `/v1/anomalies?agentId=${found.agentId}`, { token });
        answer = body.anomalies.find((each: { anomaly: Anomaly }) => each.anomaly.id === found.id)?.disposition;
        return answer !== undefined;
      });
      return answer ?? '';
    };
    const holdsOf = async (agentId: string) => (await h.call('GET', `/v1/holds?agentId=${agentId}`, { token })).body.holds;

    test.each([
      ['a pause holds the session it names', { sessionId: 's1', runId: 'r1' }, { action: 'pause', scope: 'session', scopeId: 's1' }],
      ['without a session, the run', { sessionId: undefined, runId: 'r1' }, { action: 'pause', scope: 'run', scopeId: 'r1' }],
      ['without both, the agent', { sessionId: undefined, runId: undefined }, { action: 'pause', scope: 'agent' }],
      [
        'a kill holds the run, not the session',
        { response: 'kill' as const, sessionId: 's1', runId: 'r1' },
        { action: 'kill', scope: 'run', scopeId: 'r1' },
      ],
    ])('%s', async (_claim, more, expected) => {
      const fresh = await startHarness(database, {}, { bus: h.bus, clock: h.clock });
      const found = Object.fromEntries(
        Object.entries({ ...make('scoped'), tenant: fresh.tenant, ...more }).filter(([, value]) => value !== undefined),
      ) as Anomaly;
      await fresh.bus.publisher.publish([
        {
          topic: TOPIC.anomalies,
          key: agentKey(fresh.tenant, 'scoped'),
          value: new TextEncoder().encode(JSON.stringify(found)),
          timestampUs: 1,
        },
      ]);
      const read = async () => (await fresh.call('GET', '/v1/holds', { token: await fresh.operator() })).body.holds;
      await eventually(async () => (await read()).length === 1);
      expect(await read()).toMatchObject([
        { ...expected, cause: { kind: 'anomaly', ref: found.id }, placedBy: 'detector:loop', reason: 'It loops.' },
      ]);
      await fresh.stop();
    });

    test('the same anomaly again holds nobody again, not even after the hold was released', async () => {
      await register(h, 'n1');
      const found = make('n1');
      await publish(found);
      expect(await disposition(found)).toBe('placed');
      const [hold] = await holdsOf('n1');
      await h.call('DELETE', `/v1/agents/n1/holds/${hold.id}`, { token });
      const marker = make('n1', { response: 'none' });
      await publish(found, marker);
      await disposition(marker);
      expect(await holdsOf('n1')).toEqual([]);
    });

    test('another anomaly of the same cause and scope finds the hold in force', async () => {
      const [first, second] = [make('n2'), make('n2')];
      await publish(first, second);
      expect(await disposition(first)).toBe('placed');
      expect(await disposition(second)).toBe('already_held');
      expect(await holdsOf('n2')).toHaveLength(1);
    });

    test('suppressed, stale, shadowed and unanswered anomalies are recorded and hold nobody', async () => {
      const cases: [Anomaly, string][] = [
        [make('n3', { suppressed: 'cooldown' }), 'suppressed'],
        [make('n3', { detectedUs: h.clock.nowUs() - 61_000_000 }), 'stale'],
        [make('n3', { mode: 'shadow' }), 'suppressed'],
        [make('n3', { response: 'notify' }), 'recorded'],
      ];
      await publish(...cases.map(([found]) => found));
      for (const [found, expected] of cases) expect(await disposition(found)).toBe(expected);
      expect(await holdsOf('n3')).toEqual([]);
    });

    test('an anomaly that cannot be read is passed over, counted, and stops nothing', async () => {
      const after = make('n4');
      await h.bus.publisher.publish([
        { topic: TOPIC.anomalies, key: agentKey(h.tenant, 'n4'), value: new TextEncoder().encode('{"v":1'), timestampUs: 1 },
      ]);
      await publish(after);
      expect(await disposition(after)).toBe('placed');
      expect(await h.control.metrics()).toContain('belay_control_anomalies_buried_total 1');
    });

    test('an agent cannot stop control with characters that no database stores', async () => {
      const odd = make('n6', { sessionId: 's\u0000', explanation: 'It says \u0000 and \ud800.' });
      const after = make('n7');
      await publish(odd, after);
      expect(await disposition(odd)).toBe('placed');
      expect(await disposition(after)).toBe('placed');
      expect(await holdsOf('n6')).toMatchObject([{ scope: 'run', reason: 'It says \uFFFD and \uFFFD.' }]);
    });

    test('beyond the blast radius automation holds nobody, says so once and loudly, and operators still can', async () => {
      const b = await startHarness(database, {}, { bus: h.bus, clock: h.clock });
      const operator = await b.operator();
      for (const id of ['b1', 'b2', 'b3', 'b4', 'b5', 'belay-canary-1']) await register(b, id);
      const found = (agentId: string): Anomaly => ({ ...make(agentId), tenant: b.tenant, detectedUs: b.clock.nowUs() });
      const canary = found('belay-canary-1');
      const all = [canary, found('b1'), found('b2'), found('b3'), found('b4'), found('b5'), { ...found('b1'), rule: 'L2' }];
      await b.bus.publisher.publish(
        all.map((each) => ({
          topic: TOPIC.anomalies,
          key: agentKey(b.tenant, 'one-partition'),
          value: new TextEncoder().encode(JSON.stringify(each)),
          timestampUs: 1,
        })),
      );
      const held = async (): Promise<string[]> =>
        (await b.call('GET', '/v1/holds', { token: operator })).body.holds.map((hold: { agentId: string }) => hold.agentId).sort();
      await eventually(async () => (await held()).length === 5);
      expect(await held()).toEqual(['b1', 'b1', 'b2', 'b3', 'belay-canary-1']);
      const opened = async () => (await b.published<ControlEvent>(TOPIC.control)).filter((each) => each.type === 'breaker.opened');
      await eventually(async () => (await opened()).length > 0);
      expect(await opened()).toMatchObject([{ heldAgents: 3, limit: 3, windowMs: 600_000 }]);
      await eventually(async () =>
        (await b.published<Anomaly>(TOPIC.anomalies)).some((each) => each.rule === 'breaker' && each.severity === 'critical'),
      );
      const breakerNow = async () => (await b.call('GET', '/v1/detectors', { token: operator })).body.breaker;
      expect(await breakerNow()).toEqual({
        isOpen: true,
        heldAgents: 3,
        limit: 3,
        windowMs: 600_000,
        untilUs: b.clock.nowUs() + 600_000_000,
      });
      const [hold] = (await b.call('GET', '/v1/holds?agentId=b2', { token: operator })).body.holds;
      await b.call('DELETE', `/v1/agents/b2/holds/${hold.id}`, { token: operator });
      expect(await breakerNow()).toMatchObject({ isOpen: true, heldAgents: 3 });
      const refused = 'belay_control_holds_total{cause="anomaly",outcome="breaker_open"} 2';
      // The two controls share a consumer group: the one that had the partition counts.
      await eventually(async () => (await Promise.all([b.control.metrics(), h.control.metrics()])).some((text) => text.includes(refused)));
      const audit = (await b.call('GET', '/v1/audit', { token: operator })).body.entries;
      expect(
        audit
          .filter((entry: { action: string }) => entry.action === 'hold.refused_by_breaker')
          .map((entry: { agentId: string }) => entry.agentId)
          .sort(),
      ).toEqual(['b4', 'b5']);
      expect((await b.call('POST', '/v1/agents/b4/holds', { token: operator, body: { action: 'pause', reason: 'by hand' } })).status).toBe(
        201,
      );
      b.clock.advanceMs(600_001);
      expect(await breakerNow()).toMatchObject({ isOpen: false, heldAgents: 0, untilUs: null });
      const later = found('b5');
      await b.bus.publisher.publish([
        { topic: TOPIC.anomalies, key: agentKey(b.tenant, 'b5'), value: new TextEncoder().encode(JSON.stringify(later)), timestampUs: 1 },
      ]);
      await eventually(async () => (await held()).includes('b5'));
      await b.stop();
    });

    test('who watches live sees a hold that the breaker refused as refused, not as a pause', async () => {
      const alone = await startHarness(database, {}, { clock: h.clock });
      const events = await readEvents(`${alone.control.url}/v1/events`, { authorization: `Bearer ${await alone.operator()}` });
      for (const id of ['w1', 'w2', 'w3', 'w4']) {
        const found = { ...make(id), tenant: alone.tenant };
        await alone.bus.publisher.publish([
          {
            topic: TOPIC.anomalies,
            key: agentKey(alone.tenant, 'w'),
            value: new TextEncoder().encode(JSON.stringify(found)),
            timestampUs: 1,
          },
        ]);
      }
      const seen: Anomaly[] = [];
      while (!seen.some(({ agentId }) => agentId === 'w4')) seen.push(JSON.parse((await events.next('anomaly')).data));
      expect(seen.find(({ agentId }) => agentId === 'w3')).toMatchObject({ response: 'pause' });
      expect(seen.find(({ agentId }) => agentId === 'w4')).toMatchObject({ response: 'notify', suppressed: 'breaker' });
      events.close();
      await alone.stop();
    });

    test('many replicas of one cause placing at once leave one open hold', async () => {
      const [first, ...others] = Array.from({ length: 6 }, () => make('n5'));
      await publish(...(first === undefined ? [] : [first]), ...others);
      for (const each of others) expect(await disposition(each)).toBe('already_held');
      expect(await holdsOf('n5')).toHaveLength(1);
    });
  });
}
