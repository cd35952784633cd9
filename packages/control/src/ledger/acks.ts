import type { Ack } from '@belay/protocol';
import { type Selectable, sql } from 'kysely';
import type { CommandAcksTable } from '../database/tables.ts';
import { type LockedAgent, lockAgent } from './agent.ts';
import { expectAckOfNewRun } from './commands.ts';
import { forgive } from './obedience.ts';
import { emitEvent } from './outbox.ts';
import { ensureRun } from './runs.ts';
import type { Work } from './work.ts';

export type AckResult =
  | { readonly outcome: 'taken'; readonly isNews: boolean }
  | { readonly outcome: 'unknown_command' }
  | { readonly outcome: 'too_many_runs' }
  | { readonly outcome: 'wrong_epoch'; readonly epoch: number };

/**
 * Takes an acknowledgement of one run. A state is complete, so obeying an epoch obeys all before it. The same acknowledgement again
 * changes nothing. `rejected` and `failed` are recorded and leave the deadline running.
 */
export async function takeAck(work: Work, tenant: string, ack: Ack): Promise<AckResult> {
  const agent = await lockAgent(work, tenant, ack.agentId);
  if (agent === undefined) return { outcome: 'unknown_command' };
  const command = await work.tx
    .selectFrom('commands')
    .select(['id', 'epoch'])
    .where('id', '=', ack.commandId)
    .where('tenant', '=', tenant)
    .where('agent_id', '=', ack.agentId)
    .executeTakeFirst();
  if (command === undefined) return { outcome: 'unknown_command' };
  if (command.epoch !== ack.epoch) return { outcome: 'wrong_epoch', epoch: command.epoch };
  const row = await expected(work, agent, ack);
  if (row === undefined) return { outcome: 'too_many_runs' };
  const changes = changesOf(row, ack, work.nowUs);
  if (changes === undefined) return { outcome: 'taken', isNews: false };
  await save(work, row, changes);
  await settleEarlier(work, agent, ack);
  emitEvent(work, { type: 'ack', tenant, agentId: ack.agentId, actor: 'agent', ack });
  if (changes.confirmed_us !== undefined || changes.applied_us !== undefined) await forgive(work, agent);
  return { outcome: 'taken', isNews: true };
}

async function expected(work: Work, agent: LockedAgent, ack: Ack): Promise<Selectable<CommandAcksTable> | undefined> {
  const find = (): Promise<Selectable<CommandAcksTable> | undefined> =>
    work.tx
      .selectFrom('command_acks')
      .selectAll()
      .where('command_id', '=', ack.commandId)
      .where('run_id', '=', ack.runId)
      .executeTakeFirst();
  const row = await find();
  if (row !== undefined) return row;
  const run = await ensureRun(work, agent, ack.runId);
  if (run === undefined) return undefined;
  await expectAckOfNewRun(work, { ...agent, epoch: ack.epoch }, { runId: ack.runId, longestTimeoutMs: run.longestTimeoutMs });
  return find();
}

interface AckChanges {
  received_us?: number;
  applied_us?: number;
  confirmed_us?: number;
  refused?: string | null;
  settled?: boolean;
  last_started_seq?: number;
  in_flight?: number;
  detail?: string | null;
}

/** What an acknowledgement adds to what is known; undefined when nothing. Later states imply the earlier ones. */
function changesOf(row: Selectable<CommandAcksTable>, ack: Ack, nowUs: number): AckChanges | undefined {
  if (ack.state === 'rejected' || ack.state === 'failed') {
    return row.refused === ack.state || row.confirmed_us !== null ? undefined : { refused: ack.state, detail: ack.detail ?? null };
  }
  const rank = { received: 1, applied: 2, confirmed: 3 }[ack.state];
  const known = row.confirmed_us !== null ? 3 : row.applied_us !== null ? 2 : row.received_us !== null ? 1 : 0;
  if (rank <= known) return undefined;
  return {
    received_us: row.received_us ?? nowUs,
    ...(rank >= 2 ? { applied_us: row.applied_us ?? nowUs, refused: null } : {}),
    ...(rank >= 3 ? { confirmed_us: nowUs, settled: true } : {}),
    last_started_seq: ack.lastStartedSeq,
    in_flight: ack.inFlight,
    detail: ack.detail ?? null,
  };
}

async function save(work: Work, row: Selectable<CommandAcksTable>, changes: AckChanges): Promise<void> {
  await work.tx
    .updateTable('command_acks')
    .set(changes)
    .where('command_id', '=', row.command_id)
    .where('run_id', '=', row.run_id)
    .execute();
}

/** Level-triggered: who obeys epoch n has passed over those before it. */
async function settleEarlier(work: Work, agent: LockedAgent, ack: Ack): Promise<void> {
  if (ack.state !== 'applied' && ack.state !== 'confirmed') return;
  const isConfirmed = ack.state === 'confirmed';
  await sql`
    update command_acks set
      received_us = coalesce(received_us, ${work.nowUs}::bigint), applied_us = coalesce(applied_us, ${work.nowUs}::bigint),
      confirmed_us = case when ${isConfirmed} then coalesce(confirmed_us, ${work.nowUs}::bigint) else confirmed_us end,
      settled = settled or ${isConfirmed}
    where tenant = ${agent.tenant} and agent_id = ${agent.agentId} and run_id = ${ack.runId} and epoch < ${ack.epoch} and not settled`.execute(
    work.tx,
  );
}
