import { sql } from 'kysely';
import type { LockedAgent } from './agent.ts';
import type { Work } from './work.ts';

const US_PER_MS = 1000;

/**
 * Issues the command that a change of holds is: the agent's next epoch, and for each live run the deadlines of its acknowledgement.
 * The agent is locked, so epochs have no gap and never go back.
 */
export async function issueCommand(
  work: Work,
  agent: LockedAgent,
  change: { change: 'placed' | 'released'; holdId: string; actor: string },
): Promise<{ commandId: string; epoch: number }> {
  const commandId = work.newId();
  const { epoch } = await work.tx
    .updateTable('agents')
    .set({ epoch: sql`epoch + 1`, revision: sql`revision + 1` })
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .returning('epoch')
    .executeTakeFirstOrThrow();
  await work.tx
    .insertInto('commands')
    .values({
      id: commandId,
      tenant: agent.tenant,
      agent_id: agent.agentId,
      epoch,
      change: change.change,
      hold_id: change.holdId,
      actor: change.actor,
      issued_us: work.nowUs,
    })
    .execute();
  await expectAcks(work, agent, { commandId, epoch });
  work.stateChanged(agent.key);
  return { commandId, epoch };
}

async function expectAcks(work: Work, agent: LockedAgent, command: { commandId: string; epoch: number }): Promise<void> {
  const appliedDueUs = work.nowUs + work.settings.appliedDueMs * US_PER_MS;
  const graceUs = work.settings.confirmedGraceMs * US_PER_MS;
  const maxUs = work.settings.confirmedMaxMs * US_PER_MS;
  await sql`
    insert into command_acks (command_id, run_id, tenant, agent_id, epoch, applied_due_us, confirmed_due_us)
    select ${command.commandId}::text, run_id, tenant, agent_id, ${command.epoch}::bigint, ${appliedDueUs}::bigint,
      ${work.nowUs}::bigint + ${graceUs}::bigint + least(longest_timeout_ms * ${US_PER_MS}, ${maxUs}::bigint)
    from runs
    where tenant = ${agent.tenant} and agent_id = ${agent.agentId} and state not in ('lost', 'ended')`.execute(work.tx);
}

/** A run that appears while commands are in force has to obey the newest one as well. */
export async function expectAckOfNewRun(work: Work, agent: LockedAgent, run: { runId: string; longestTimeoutMs: number }): Promise<void> {
  const command = await work.tx
    .selectFrom('commands')
    .select(['id', 'epoch'])
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .where('epoch', '=', agent.epoch)
    .executeTakeFirst();
  if (command === undefined) return;
  const { appliedDueMs, confirmedGraceMs, confirmedMaxMs } = work.settings;
  await work.tx
    .insertInto('command_acks')
    .values({
      command_id: command.id,
      run_id: run.runId,
      tenant: agent.tenant,
      agent_id: agent.agentId,
      epoch: command.epoch,
      applied_due_us: work.nowUs + appliedDueMs * US_PER_MS,
      confirmed_due_us: work.nowUs + (confirmedGraceMs + Math.min(run.longestTimeoutMs, confirmedMaxMs)) * US_PER_MS,
      received_us: null,
      applied_us: null,
      confirmed_us: null,
      refused: null,
      last_started_seq: null,
      in_flight: null,
      detail: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
