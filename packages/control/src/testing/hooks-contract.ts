import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../index.ts';
import { type CallAnswer, type Harness, register, startHarness } from './control.test-support.ts';

const GUIDE_SECRET = 'the secret of step 1';
const SECRET = 'a secret of the contact point';
const BEARER = 'a bearer secret of alertmanager';

interface TestAlert {
  status?: string;
  agent?: string;
  action?: string;
  fingerprint?: string;
  startsAt?: string;
  annotations?: Record<string, string>;
}

const alertOf = ({ status = 'firing', agent, action, fingerprint = 'f1', startsAt = '2026-11-21T04:00:00Z', annotations }: TestAlert) => ({
  status,
  labels: {
    alertname: 'Spend',
    ...(agent === undefined ? {} : { belay_agent_id: agent }),
    ...(action === undefined ? {} : { belay_action: action }),
  },
  annotations: { summary: 'spend is over 5 USD a minute', ...annotations },
  startsAt,
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'https://grafana.example/alerting/grafana/abc/view',
  fingerprint,
  silenceURL: 'https://grafana.example/alerting/silence/new',
  values: { B: 7.5 },
});

const groupOf = (version: string, alerts: TestAlert[], more: object = {}) => ({
  receiver: 'belay',
  status: alerts[0]?.status ?? 'firing',
  orgId: 1,
  alerts: alerts.map(alertOf),
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'https://grafana.example/',
  version,
  groupKey: '{}:{}',
  truncatedAlerts: 0,
  ...more,
});

/** Alerts that hold and release: Grafana and Alertmanager. */
export function hooksContract(open: () => Promise<Database>): void {
  describe('alert webhooks', () => {
    let database: Database;
    let h: Harness;
    let operator: string;
    beforeAll(async () => {
      database = await open();
      const tenant = `hooks-${process.pid}`;
      const base = { tenant, dryRun: false };
      h = await startHarness(
        database,
        {
          hooks: {
            grafana: [
              { ...base, name: 'grafana', secret: SECRET, allow: { agents: ['w*'], actions: ['pause'] } },
              { ...base, name: 'guide', secret: GUIDE_SECRET },
              { ...base, name: 'rehearsal', secret: `${SECRET} dry`, dryRun: true },
            ],
            alertmanager: [{ ...base, name: 'alertmanager', secret: BEARER, allow: { agents: ['*'], actions: ['pause', 'kill'] } }],
          },
        },
        { tenant },
      );
      operator = await h.operator();
    });
    // A blast radius of its own for each test.
    beforeEach(() => h.clock.advanceMs(600_001));
    afterAll(async () => {
      await h.stop();
      await database.close();
    });

    let tick = 0;
    const grafana = (
      alerts: TestAlert[],
      options: { secret?: string; shiftSeconds?: number; more?: object; headers?: Record<string, string> } = {},
    ): Promise<CallAnswer> => {
      tick += 1;
      const raw = JSON.stringify(groupOf('1', alerts, { title: `delivery ${tick}`, ...options.more }));
      const timestamp = String(Math.floor(h.clock.nowUs() / 1e6) + (options.shiftSeconds ?? 0));
      const signature = createHmac('sha256', options.secret ?? SECRET)
        .update(`${timestamp}:${raw}`)
        .digest('hex');
      return h.call('POST', '/v1/hooks/grafana', {
        raw,
        headers: { 'x-grafana-alerting-signature': signature, 'x-grafana-alerting-timestamp': timestamp, ...options.headers },
      });
    };
    const alertmanager = (alerts: TestAlert[], token = BEARER) =>
      h.call('POST', '/v1/hooks/alertmanager', { token, body: groupOf('4', alerts) });
    const holdsOf = async (agentId: string) => (await h.call('GET', `/v1/holds?agentId=${agentId}`, { token: operator })).body.holds;
    const auditOf = async (agentId: string) =>
      (await h.call('GET', '/v1/audit?limit=1000', { token: await h.operator('admin') })).body.entries.filter(
        (entry: { agentId: string }) => entry.agentId === agentId,
      );

    test('a firing alert pauses the agent it names; its resolution releases exactly that hold', async () => {
      await register(h, 'w1');
      const byHand = await h.call('POST', '/v1/agents/w1/holds', { token: operator, body: { action: 'pause', reason: 'mine' } });
      const firing = await grafana([{ agent: 'w1', fingerprint: 'fp1' }]);
      expect(firing.body).toMatchObject({
        source: 'grafana',
        dryRun: false,
        alerts: [{ fingerprint: 'fp1', outcome: 'held', agentId: 'w1' }],
      });
      const held = (await holdsOf('w1')).find((hold: { cause: { kind: string } }) => hold.cause.kind === 'webhook');
      expect(held).toMatchObject({
        action: 'pause',
        scope: 'agent',
        cause: { ref: 'grafana/fp1' },
        placedBy: 'webhook:grafana',
        link: 'https://grafana.example/alerting/grafana/abc/view',
      });
      expect(held.reason).toContain('spend is over 5 USD a minute');
      const resolved = await grafana([{ agent: 'w1', fingerprint: 'fp1', status: 'resolved' }]);
      expect(resolved.body.alerts).toMatchObject([{ outcome: 'released', holdIds: [held.id] }]);
      expect((await holdsOf('w1')).map((hold: { id: string }) => hold.id)).toEqual([byHand.body.hold.id]);
      const links = (await auditOf('w1')).map((entry: { details: { link?: string } }) => entry.details.link).filter(Boolean);
      expect(links).toHaveLength(2);
    });

    test('repeated notifications change nothing, and what an operator released stays released', async () => {
      await register(h, 'w2');
      const alert = { agent: 'w2', fingerprint: 'fp2' };
      await grafana([alert]);
      expect((await grafana([alert])).body.alerts[0].outcome).toBe('repeat');
      const [hold] = await holdsOf('w2');
      await h.call('DELETE', `/v1/agents/w2/holds/${hold.id}`, { token: operator });
      expect((await grafana([alert])).body.alerts[0].outcome).toBe('repeat');
      expect(await holdsOf('w2')).toEqual([]);
      expect((await grafana([{ ...alert, status: 'resolved' }])).body.alerts[0].outcome).toBe('nothing_to_release');
      expect((await grafana([alert])).body.alerts[0].outcome).toBe('already_resolved');
      expect((await grafana([{ ...alert, startsAt: '2026-11-21T05:00:00Z' }])).body.alerts[0].outcome).toBe('held');
    });

    test('a group is answered alert by alert; unknown agents, missing labels and what is not allowed hold nobody', async () => {
      await register(h, 'w3');
      await register(h, 'x3');
      const group = [
        { agent: 'w3', fingerprint: 'g1' },
        { agent: 'w-nobody', fingerprint: 'g2' },
        { fingerprint: 'g3' },
        { agent: 'x3', fingerprint: 'g4' },
        { agent: 'w3', action: 'kill', fingerprint: 'g5' },
        { agent: 'w3', action: 'reboot', fingerprint: 'g6' },
        { agent: 'w3,x3', fingerprint: 'g7' },
      ];
      const { status, body } = await grafana(group, { more: { truncatedAlerts: 4 } });
      expect(status).toBe(200);
      expect(body.truncatedAlerts).toBe(4);
      expect(body.alerts.map((alert: { outcome: string }) => alert.outcome)).toEqual([
        'held',
        'unknown_agent',
        'ignored',
        'refused',
        'refused',
        'refused',
        'unknown_agent',
      ]);
      expect(await holdsOf('w3')).toHaveLength(1);
      expect(await holdsOf('x3')).toEqual([]);
      expect((await auditOf('x3')).map((entry: { action: string }) => entry.action)).toContain('alert.refused');
    });

    test('the agent may be named by an annotation', async () => {
      await register(h, 'w4');
      const answer = await grafana([{ fingerprint: 'fp4', annotations: { belay_agent_id: 'w4' } }]);
      expect(answer.body.alerts).toMatchObject([{ outcome: 'held', agentId: 'w4' }]);
    });

    test('a dry run says what would happen and changes nothing', async () => {
      await register(h, 'w5');
      const answer = await grafana([{ agent: 'w5', fingerprint: 'fp5' }], { secret: `${SECRET} dry` });
      expect(answer.body).toMatchObject({ source: 'rehearsal', dryRun: true, alerts: [{ outcome: 'would_hold' }] });
      expect(await holdsOf('w5')).toEqual([]);
    });

    test('forged, unsigned, old and replayed deliveries are refused and change nothing', async () => {
      await register(h, 'w6');
      const alert = { agent: 'w6', fingerprint: 'fp6' };
      expect((await grafana([alert], { secret: 'another secret entirely' })).body).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect((await grafana([alert], { headers: { 'x-grafana-alerting-signature': '' } })).status).toBe(401);
      expect((await grafana([alert], { headers: { 'x-grafana-alerting-timestamp': '' } })).status).toBe(401);
      expect((await grafana([alert], { shiftSeconds: -301 })).status).toBe(401);
      expect((await grafana([alert], { shiftSeconds: 302 })).status).toBe(401);
      expect(
        (await grafana([alert], { headers: { 'x-grafana-alerting-timestamp': String(Math.floor(h.clock.nowUs() / 1e6) + 1) } })).status,
      ).toBe(401);
      expect(await holdsOf('w6')).toEqual([]);
      const raw = JSON.stringify(groupOf('1', [alert]));
      const timestamp = String(Math.floor(h.clock.nowUs() / 1e6));
      const signature = createHmac('sha256', SECRET).update(`${timestamp}:${raw}`).digest('hex');
      const deliver = (given: string) =>
        h.call('POST', '/v1/hooks/grafana', {
          raw,
          headers: { 'x-grafana-alerting-signature': given, 'x-grafana-alerting-timestamp': timestamp },
        });
      expect((await deliver(signature)).status).toBe(200);
      expect((await deliver(signature)).status).toBe(409);
      expect((await deliver(signature.toUpperCase())).status).toBe(409);
    });

    test('the example of the guide holds the agent when it is sent as the guide says', async () => {
      const guide = await readFile(new URL('../../../../docs/guides/grafana-alert.md', import.meta.url), 'utf8');
      const raw = /^BODY='(.*)'$/m.exec(guide)?.[1] ?? '';
      await register(h, 'courier');
      const timestamp = String(Math.floor(h.clock.nowUs() / 1e6));
      const signature = createHmac('sha256', GUIDE_SECRET).update(`${timestamp}:${raw}`).digest('hex');
      const headers = { 'x-grafana-alerting-signature': signature, 'x-grafana-alerting-timestamp': timestamp };
      const answer = await h.call('POST', '/v1/hooks/grafana', { raw, headers });
      expect(answer.body.alerts).toMatchObject([
        { fingerprint: 'c6eadffa33fcdf37', status: 'firing', outcome: 'held', agentId: 'courier' },
      ]);
      expect((await holdsOf('courier'))[0].reason).toBe(
        'Alert "Spend" of guide fires: courier spends more than 5 USD a minute (lifted when the alert resolves)',
      );
    });

    test('payloads of another version or shape are refused', async () => {
      expect((await grafana([], { more: { version: '2' } })).body).toMatchObject({ status: 400, code: 'bad_request' });
      expect((await grafana([], { more: { alerts: 'all' } })).status).toBe(400);
    });

    test('Alertmanager holds and releases with its bearer secret; a wrong one is refused', async () => {
      await register(h, 'm1');
      expect((await alertmanager([{ agent: 'm1', fingerprint: 'am1' }], 'a wrong bearer secret')).status).toBe(401);
      expect((await alertmanager([{ agent: 'm1', action: 'kill', fingerprint: 'am1' }])).body.alerts).toMatchObject([{ outcome: 'held' }]);
      expect(await holdsOf('m1')).toMatchObject([{ action: 'kill', cause: { kind: 'webhook', ref: 'alertmanager/am1' } }]);
      expect((await alertmanager([{ agent: 'm1', action: 'kill', fingerprint: 'am1', status: 'resolved' }])).body.alerts).toMatchObject([
        { outcome: 'released' },
      ]);
      expect(await holdsOf('m1')).toEqual([]);
    });

    test('two sources hold one agent: the resolution of one does not free it', async () => {
      await register(h, 'w7');
      await grafana([{ agent: 'w7', fingerprint: 'same' }]);
      await alertmanager([{ agent: 'w7', fingerprint: 'same' }]);
      await grafana([{ agent: 'w7', fingerprint: 'same', status: 'resolved' }]);
      expect(await holdsOf('w7')).toMatchObject([{ cause: { ref: 'alertmanager/same' } }]);
    });
  });
}
