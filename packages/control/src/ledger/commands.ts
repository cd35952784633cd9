import { BelayError } from '@belay/protocol';
import { sql } from 'kysely';
import type { LockedAgent } from './agent.ts';
import type { Work } from './work.ts';

const US_PER_MS = 1000;

/**
 * Issues, in one statement, the command that a change of holds is: the agent's next epoch, and for each live run the deadlines of its acknowledgement.
 * The agent is locked, so epochs have no gap and never go back.
 */
export async function issueCommand(
  work: Work,
  agent: LockedAgent,
  change: { change: 'placed' | 'released'; holdId: string; actor: string },
): Promise<{ commandId: string; epoch: number }> {
  const commandId = work.newId();
  const { appliedDueMs, confirmedGraceMs, confirmedMaxMs } = work.settings;
  const { rows } = await sql<{ epoch: number }>`
    with next as (
      update agents set epoch = epoch + 1, revision = revision + 1 where tenant = ${agent.tenant} and agent_id = ${agent.agentId} returning epoch
    ), command as (
      insert into commands (id, tenant, agent_id, epoch, change, hold_id, actor, issued_us)
      select ${commandId}::text, ${agent.tenant}::text, ${agent.agentId}::text, epoch, ${change.change}::text, ${change.holdId}::text, ${change.actor}::text, ${work.nowUs}::bigint
      from next
    ), acks as (
      insert into command_acks (command_id, run_id, tenant, agent_id, epoch, applied_due_us, confirmed_due_us)
      select ${commandId}::text, r.run_id, r.tenant, r.agent_id, next.epoch, ${work.nowUs + appliedDueMs * US_PER_MS}::bigint,
        ${work.nowUs + confirmedGraceMs * US_PER_MS}::bigint + least(r.longest_timeout_ms, ${confirmedMaxMs}::bigint) * 1000
      from runs r, next
      where r.tenant = ${agent.tenant} and r.agent_id = ${agent.agentId} and r.state not in ('lost', 'ended')
    )
    select epoch from next`.execute(work.tx);
  const epoch = rows[0]?.epoch;
  if (epoch === undefined) throw new BelayError('internal', `Agent ${agent.agentId} disappeared under its lock.`);
  work.stateChanged(agent.key);
  return { commandId, epoch };
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
