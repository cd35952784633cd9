import type { ControlEvent, DecisionEvent } from '@belay/protocol';
import { anomaly, decision } from '@belay/testkit';
import { describe, expect, it } from 'vitest';
import { loadMigrations } from '../migrations.ts';
import { anomalyToRow } from './anomaly-row.ts';
import { controlEventToRow } from './control-event-row.ts';
import { decisionToRow, type Row } from './decision-row.ts';
import { scoreToRow } from './score-row.ts';

const FULL: DecisionEvent = {
  ...decision(),
  agent: { id: 'a', name: 'n', version: '1' },
  environment: 'prod',
  rootSessionId: 'root',
  taskId: 't',
  taskName: 'task',
  plan: { id: 'p', step: 1, steps: 2 },
  intent: 'why',
  reasoningSpanId: 'r',
  call: {
    ...{
      name: 'send',
      effect: 'write',
      tier: 2,
      reversible: false,
      sensitivity: 'internal',
      confidence: 0.5,
      attempt: 1,
      poll: true,
      retryOf: 'x',
    },
    ...{ maxImpact: { rows: 1, usd: 2.5, recipients: 3 }, digest: 'd', sketch: '0123456789abcdef', destinations: ['mailto:a.example'] },
    ...{ features: [{ role: 'to', kind: 'mail' }], argumentsPreview: '{}', argumentsBytes: 2, callId: 'c' },
  } as DecisionEvent['call'] & object,
  policy: { verdict: 'deny', action: 'blocked', ruleId: 'r1', version: '7', reason: 'no' },
  approval: { ticketId: 'k', status: 'granted', waitMs: 5, approvers: ['ann'] },
  outcome: {
    status: 'error',
    errorType: 'E',
    errorClass: 'tool',
    resultDigest: 'd',
    resultBytes: 3,
    resultPreview: 'x',
    empty: false,
    summary: 's',
    affected: 4,
    mentions: ['m'],
  },
  divergence: { score: 0.5, reasons: ['verb'] },
  usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheCreationTokens: 4, reasoningTokens: 5 },
  costNanoUsd: 1,
  estimatedCostNanoUsd: 2,
  budget: { id: 'b', remainingNanoUsd: -3, remainingTokens: -4, remainingCalls: 5 },
  model: { provider: 'p', request: 'q', response: 'r' },
  contextCondensed: true,
  control: { state: 'running', commandId: 'cmd' },
  trace: { traceId: 'trace', spanId: 'span', parentSpanId: 'parent' },
};

const FULL_SCORE = {
  v: 1,
  tenant: 't',
  agentId: 'a',
  agentName: 'n',
  agentVersion: '1',
  detector: 'd',
  metric: 'm',
  subject: 's',
  value: 0.1,
  reference: 0.2,
  statistic: 0.3,
  threshold: 0.5,
  samples: 7,
  learning: true,
  atUs: 1,
} as const;

/** Columns that a migration declares for a table, less those the engine fills itself. */
async function columnsOf(table: string): Promise<ReadonlySet<string>> {
  const statements = (await loadMigrations()).flatMap((migration) => migration.statements);
  const create = statements.find((statement) => statement.startsWith(`CREATE TABLE IF NOT EXISTS ${table}\n`)) ?? '';
  const lines = create.split('\n').filter((line) => /^ {4}[a-z_]+ [A-Z]/.test(line) && !/MATERIALIZED/.test(line));
  const added = statements.flatMap(
    (statement) => new RegExp(`^ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ([a-z_]+) `).exec(statement)?.[1] ?? [],
  );
  return new Set([...lines.map((line) => line.trim().split(' ')[0] ?? ''), ...added]);
}
const filled = (row: Row): ReadonlySet<string> =>
  new Set(Object.entries(row).flatMap(([column, cell]) => (cell === undefined ? [] : [column])));

const base = { v: 1, id: 'e', tenant: 'acme', agentId: 'a', atUs: 1, actor: 'control' } as const;
const hold = {
  id: 'h',
  action: 'pause',
  scope: 'run',
  scopeId: 'r',
  reason: 'why',
  cause: { kind: 'operator', ref: 'ann' },
  placedUs: 1,
} as const;
const ack = {
  agentId: 'a',
  commandId: 'c',
  epoch: 1,
  runId: 'r',
  state: 'applied',
  atUs: -5,
  lastStartedSeq: 3,
  inFlight: 0,
  detail: 'd',
} as const;
const EVENTS: readonly ControlEvent[] = [
  { ...base, type: 'hold.placed', epoch: 1, commandId: 'c', hold },
  { ...base, type: 'ack', ack },
  { ...base, type: 'run.state', runId: 'r', from: 'running', to: 'paused' },
  { ...base, type: 'mode.changed', detector: 'loop', mode: 'warn' },
  { ...base, type: 'anomaly.feedback', anomalyId: 'x', detector: 'loop', rule: 'L1', verdict: 'expected', change: 'given', note: 'n' },
];

describe('rows', () => {
  it('of a full decision fill exactly the columns of the table', async () => {
    expect(filled(decisionToRow(FULL))).toEqual(await columnsOf('decisions'));
  });

  it('of a bare decision leave what is absent to the default of the column', () => {
    const { call: _call, outcome: _outcome, ...bare } = decision();
    expect(filled(decisionToRow(bare)).has('call_name')).toBe(false);
    expect(decisionToRow(bare).cost_usd).toBeUndefined();
  });

  it('of a full anomaly fill exactly the columns of the table', async () => {
    const full = anomaly({ agentVersion: '1', environment: 'e', taskId: 't', suppressed: 'stale', groupId: 'g' });
    expect(filled(anomalyToRow(full))).toEqual(await columnsOf('anomalies'));
  });

  it('of control events together fill the columns of the table, and each keeps its whole event', async () => {
    const rows = EVENTS.map(controlEventToRow);
    expect(new Set(rows.flatMap((row) => [...filled(row)]))).toEqual(await columnsOf('control_events'));
    expect(rows.map((row) => JSON.parse(String(row.payload)))).toEqual(EVENTS);
  });

  it('of a control event of a type without columns keep it whole', () => {
    const event: ControlEvent = { ...base, type: 'breaker.opened', heldAgents: 3, limit: 3, windowMs: 60_000 };
    expect(JSON.parse(String(controlEventToRow(event).payload))).toEqual(event);
  });

  it('of a score fill exactly the columns of the table', async () => {
    const row = scoreToRow({ score: FULL_SCORE, receivedUs: 2 });
    expect(filled(row)).toEqual(await columnsOf('detector_scores'));
  });
});
