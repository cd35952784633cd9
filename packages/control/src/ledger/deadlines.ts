import { type Anomaly, anomalyId } from '@belay/protocol';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { CommandAcksTable, CommandsTable, RunsTable, Tables } from '../database/tables.ts';
import { type LockedAgent, lockAgent } from './agent.ts';
import { appendAudit } from './audit.ts';
import { emitAnomaly, emitEvent } from './outbox.ts';
import { isLive } from './run-state.ts';
import type { Work } from './work.ts';

type AckRow = Selectable<CommandAcksTable>;
type OverdueRow = AckRow & Pick<Selectable<RunsTable>, 'last_heartbeat_us' | 'state'> & Pick<Selectable<CommandsTable>, 'change'>;
type Missing = 'applied' | 'confirmed';

export type AckKey = Pick<AckRow, 'command_id' | 'run_id' | 'tenant' | 'agent_id'>;

/** A run was alive when its acknowledgement was due, when it was heard after it, or at most this long before. */
const HEARD_BEFORE_DUE_US = 2_000_000;

/**
 * Acknowledgements that are overdue and not yet reported, of runs that are there to give them: a process that died is silent, and silence
 * is `lost`, not disobedience.
 */
export async function findOverdue(db: Kysely<Tables>, nowUs: number): Promise<AckKey[]> {
  const { rows } = await sql<AckKey>`
    select a.command_id, a.run_id, a.tenant, a.agent_id
    from command_acks a join runs r on r.tenant = a.tenant and r.agent_id = a.agent_id and r.run_id = a.run_id
    where not a.settled and r.state not in ('lost', 'ended') and (
      (a.applied_us is null and not a.reported_applied and a.applied_due_us < ${nowUs}::bigint
        and r.last_heartbeat_us >= a.applied_due_us - ${HEARD_BEFORE_DUE_US}::bigint)
      or (a.confirmed_us is null and not a.reported_confirmed and a.confirmed_due_us < ${nowUs}::bigint
        and r.last_heartbeat_us >= a.confirmed_due_us - ${HEARD_BEFORE_DUE_US}::bigint))
    order by a.epoch limit 500`.execute(db);
  return rows;
}

/** Reports one overdue acknowledgement, once, and escalates the agent; nothing when it has come meanwhile. */
export async function reportOverdue(work: Work, found: AckKey): Promise<boolean> {
  const agent = await lockAgent(work, found.tenant, found.agent_id);
  const { rows } = await sql<OverdueRow>`
    select a.*, r.last_heartbeat_us, r.state, c.change
    from command_acks a join commands c on c.id = a.command_id join runs r on r.tenant = a.tenant and r.agent_id = a.agent_id and r.run_id = a.run_id
    where a.command_id = ${found.command_id} and a.run_id = ${found.run_id}`.execute(work.tx);
  const [row] = rows;
  if (agent === undefined || row === undefined || row.settled || !isLive(row.state)) return false;
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

function missingOf(row: OverdueRow, nowUs: number): Missing | undefined {
  const isOverdue = (dueUs: number): boolean => dueUs < nowUs && row.last_heartbeat_us >= dueUs - HEARD_BEFORE_DUE_US;
  if (row.applied_us === null && !row.reported_applied && isOverdue(row.applied_due_us)) return 'applied';
  if (row.confirmed_us === null && !row.reported_confirmed && isOverdue(row.confirmed_due_us)) return 'confirmed';
  return undefined;
}

/** The agent is shown as unconfirmed. Its token keeps the right to report, stream and acknowledge, so that the recorder is not blinded. */
async function escalate(work: Work, agent: LockedAgent, row: OverdueRow, missing: Missing): Promise<void> {
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

function unconfirmedAnomaly(work: Work, agent: LockedAgent, row: OverdueRow, missing: Missing): Anomaly {
  const identity = {
    tenant: agent.tenant,
    agentId: agent.agentId,
    detector: 'control',
    detectorVersion: 1,
    rule: 'unconfirmed',
    subject: { kind: 'command' as const, id: `${row.command_id}/${row.run_id}/${missing}` },
  };
  const what = missing === 'applied' ? 'has not closed its gate' : 'still has actions in flight, or does not say';
  const explanation =
    row.change === 'placed'
      ? `Agent ${agent.agentId} ${what}: run ${row.run_id} owes "${missing}" for command ${row.command_id}. Stop the process at its host, or cut its credentials.`
      : `Agent ${agent.agentId} has not taken up a release: run ${row.run_id} owes "${missing}" for command ${row.command_id}. What still holds it may not be obeyed either: look at the process.`;
  return {
    v: 1,
    id: anomalyId(identity),
    ...identity,
    runId: row.run_id,
    score: 1,
    severity: 'critical',
    explanation: explanation.slice(0, 2048),
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
