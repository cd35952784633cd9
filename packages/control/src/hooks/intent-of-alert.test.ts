import { expect, test } from 'vitest';
import type { Alert } from './alert-payload.ts';
import { intentOfAlert, linkOfAlert, reasonOfAlert } from './intent-of-alert.ts';

const ALLOW = { agents: ['billing-*'], actions: ['pause' as const] };
const alert = (labels: Record<string, string>, more: Partial<Alert> = {}): Alert => ({
  status: 'firing',
  labels,
  annotations: {},
  startsAt: 't',
  fingerprint: 'f',
  ...more,
});

test('a label names the agent, and pause is what an alert asks for unless it says more', () => {
  expect(intentOfAlert(alert({ belay_agent_id: ' billing-7 ' }), ALLOW)).toEqual({ kind: 'act', agentId: 'billing-7', action: 'pause' });
});

test('the label wins over the annotation', () => {
  const both = alert({ belay_agent_id: 'billing-1' }, { annotations: { belay_agent_id: 'billing-2', belay_action: 'pause' } });
  expect(intentOfAlert(both, ALLOW)).toMatchObject({ agentId: 'billing-1' });
});

test.each([
  ['no agent', {}, 'ignored'],
  ['an empty agent', { belay_agent_id: ' ' }, 'ignored'],
  ['an agent outside the pattern', { belay_agent_id: 'support-1' }, 'refused'],
  ['an action that is not allowed', { belay_agent_id: 'billing-7', belay_action: 'kill' }, 'refused'],
  ['an unknown action', { belay_agent_id: 'billing-7', belay_action: 'Pause' }, 'refused'],
  ['an agent id that cannot be', { belay_agent_id: `billing-${'x'.repeat(300)}` }, 'refused'],
])('%s: %j is %s', (_what, labels, kind) => {
  expect(intentOfAlert(alert(labels as Record<string, string>), ALLOW)).toMatchObject({ kind });
});

test('a comma does not make two agents of one', () => {
  expect(intentOfAlert(alert({ belay_agent_id: 'billing-1,billing-2' }), ALLOW)).toMatchObject({ agentId: 'billing-1,billing-2' });
});

test.each([
  ['https://grafana.example/x', 'https://grafana.example/x'],
  ['javascript:alert(1)', undefined],
  ['no address', undefined],
  [`https://grafana.example/${'x'.repeat(3_000)}`, undefined],
  [undefined, undefined],
])('the link %j is kept as %j', (generatorURL, kept) => {
  expect(linkOfAlert(alert({}, generatorURL === undefined ? {} : { generatorURL }))).toBe(kept);
});

test('the reason is one bounded line', () => {
  const reason = reasonOfAlert(alert({ alertname: 'Spend' }, { annotations: { summary: `a\nb\u0007${'y'.repeat(2_000)}` } }), 'grafana');
  expect(reason).toMatch(/^Alert "Spend" of grafana fires: a b y+ \(lifted when the alert resolves\)$/);
  expect(reason.length).toBeLessThan(1_024);
});
