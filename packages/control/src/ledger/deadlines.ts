import { type Anomaly, anomalyId } from '@belay/protocol';
import type { Kysely, Selectable } from 'kysely';
import type { CommandAcksTable, Tables } from '../database/tables.ts';
import { type LockedAgent, lockAgent } from './agent.ts';
import { appendAudit } from './audit.ts';
import { emitAnomaly, emitEvent } from './outbox.ts';
import type { Work } from './work.ts';

type AckRow = Selectable<CommandAcksTable>;
type Missing = 'applied' | 'confirmed';

export type AckKey = Pick<AckRow, 'command_id' | 'run_id' | 'tenant' | 'agent_id'>;

/** Acknowledgements that are overdue and not yet reported. */
export const findOverdue = (db: Kysely<Tables>, nowUs: number): Promise<AckKey[]> =>
  db
    .selectFrom('command_acks')
    .select(['command_id', 'run_id', 'tenant', 'agent_id'])
    .where('settled', '=', false)
    .where((where) =>
      where.or([
        where.and([where('applied_us', 'is', null), where('reported_applied', '=', false), where('applied_due_us', '<', nowUs)]),
        where.and([where('confirmed_us', 'is', null), where('reported_confirmed', '=', false), where('confirmed_due_us', '<', nowUs)]),
      ]),
    )
    .orderBy('epoch')
    .limit(500)
    .execute();

/** Reports one overdue acknowledgement, once, and escalates the agent; nothing when it has come meanwhile. */
export async function reportOverdue(work: Work, found: AckKey): Promise<boolean> {
  const agent = await lockAgent(work, found.tenant, found.agent_id);
  const row = await work.tx
    .selectFrom('command_acks')
    .selectAll()
    .where('command_id', '=', found.command_id)
    .where('run_id', '=', found.run_id)
    .executeTakeFirst();
  if (agent === undefined || row === undefined || row.settled) return false;
  const missing = missingOf(row, work.nowUs);
  if (missing === undefined) return false;
  await work.tx
    .updateTable('command_acks')
    .set(missing === 'applied' ? { reported_applied: true } : { reported_confirmed: true })
    .where('command_id', '=', row.command_id)
    .where('run_id', '=', row.run_id)
    .execute();
  await escalate(work, agent, row, missing);
  return true;
}

function missingOf(row: AckRow, nowUs: number): Missing | undefined {
  if (row.applied_us === null && !row.reported_applied && row.applied_due_us < nowUs) return 'applied';
  if (row.confirmed_us === null && !row.reported_confirmed && row.confirmed_due_us < nowUs) return 'confirmed';
  return undefined;
}

/** The agent is shown as unconfirmed. Its token keeps the right to report, stream and acknowledge, so that the recorder is not blinded. */
async function escalate(work: Work, agent: LockedAgent, row: AckRow, missing: Missing): Promise<void> {
  const dueUs = missing === 'applied' ? row.applied_due_us : row.confirmed_due_us;
  await work.tx
    .updateTable('agents')
    .set({ obedience: 'unconfirmed' })
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .execute();
  emitEvent(work, {
    type: 'command.unconfirmed',
    tenant: agent.tenant,
    agentId: agent.agentId,
    actor: 'control',
    commandId: row.command_id,
    runId: row.run_id,
    missing,
    dueUs,
  });
  emitAnomaly(work, unconfirmedAnomaly(work, agent, row, missing));
  await appendAudit(work, {
    tenant: agent.tenant,
    actor: 'control',
    action: 'command.unconfirmed',
    agentId: agent.agentId,
    details: { commandId: row.command_id, runId: row.run_id, missing, dueUs },
  });
}

function unconfirmedAnomaly(work: Work, agent: LockedAgent, row: AckRow, missing: Missing): Anomaly {
  const identity = {
    tenant: agent.tenant,
    agentId: agent.agentId,
    detector: 'control',
    detectorVersion: 1,
    rule: 'unconfirmed',
    subject: { kind: 'command' as const, id: `${row.command_id}/${row.run_id}/${missing}` },
  };
  const what = missing === 'applied' ? 'has not closed its gate' : 'still has actions in flight, or does not say';
  return {
    v: 1,
    id: anomalyId(identity),
    ...identity,
    runId: row.run_id,
    score: 1,
    severity: 'critical',
    explanation:
      `Agent ${agent.agentId} ${what}: run ${row.run_id} owes "${missing}" for command ${row.command_id}. Stop the process at its host, or cut its credentials.`.slice(
        0,
        2048,
      ),
    evidence: {
      decisionIds: [],
      facts: { commandId: row.command_id, epoch: row.epoch, missing, ...(row.refused === null ? {} : { answer: row.refused }) },
    },
    triggerUs: work.nowUs,
    detectedUs: work.nowUs,
    mode: 'warn',
    response: 'notify',
  };
}
