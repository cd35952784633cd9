import type { Heartbeat, RunState } from '@belay/protocol';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { RunsTable, Tables } from '../database/tables.ts';
import { type LockedAgent, lockAgent, seeAgent } from './agent.ts';
import { expectAckOfNewRun } from './commands.ts';
import { holdAgain } from './expiry.ts';
import { forgive } from './obedience.ts';
import { emitEvent } from './outbox.ts';
import { isLive, type Transition, transition } from './run-state.ts';
import type { Work } from './work.ts';

export type HeartbeatResult =
  | { readonly outcome: 'alive'; readonly epoch: number; readonly illegal?: string }
  | { readonly outcome: 'too_many_runs'; readonly live: number };

/** A heartbeat goes to the record when something in it is news, and at least this often. */
const REPORT_EVERY_US = 60_000_000;

/**
 * Takes a heartbeat: the first one registers agent and run. A state that the run cannot have is not believed: the run stays what it was,
 * and alive.
 */
export async function takeHeartbeat(work: Work, tenant: string, heartbeat: Heartbeat): Promise<HeartbeatResult> {
  const agent = await seeAgent(work, tenant, heartbeat.agentId, heartbeat);
  const run = await findRun(work, agent, heartbeat.runId);
  if (run === undefined) return registerRun(work, agent, heartbeat);
  const kill = { inForce: (run.state === 'killed' || run.state === 'killing') && (await isKilled(work, agent, run.run_id)) };
  const next = heartbeat.state === 'lost' ? HEARD : transition(run.state, heartbeat.state, kill);
  const state = 'illegal' in next ? stayed(run.state) : next.to;
  const isNews =
    run.state !== state ||
    run.dropped_spans !== heartbeat.droppedSpans ||
    run.unprotected_since_us !== (heartbeat.unprotectedSinceUs ?? null);
  const isDue = work.nowUs - run.reported_us >= REPORT_EVERY_US;
  await saveHeartbeat(work, run, { ...heartbeat, state }, isNews || isDue);
  if (run.state !== state) emitRunState(work, agent, run.run_id, state, run.state);
  if (isNews || isDue) emitEvent(work, { type: 'heartbeat', tenant, agentId: agent.agentId, actor: 'agent', heartbeat });
  if (heartbeat.state === 'ended' && run.state !== 'ended') await forgive(work, agent);
  if (run.state === 'lost' && isLive(state)) {
    await oweAgain(work, agent, heartbeat);
    await holdAgain(work, agent, run);
  }
  await extendDeadline(work, agent, heartbeat);
  return { outcome: 'alive', epoch: agent.epoch, ...('illegal' in next ? { illegal: next.illegal } : {}) };
}

/** `lost` is control's word: a run that says so of itself is heard, and would otherwise owe no acknowledgement. */
const HEARD: Transition = { illegal: 'a run that is heard is not lost' };

const stayed = (state: RunState): RunState => (state === 'lost' ? 'running' : state);

/**
 * A run that was lost and is heard again: it owes what it owed, counted from now, and the newest command, which may have been given while
 * nobody expected it to answer.
 */
async function oweAgain(work: Work, agent: LockedAgent, heartbeat: Heartbeat): Promise<void> {
  if (agent.epoch === 0) return;
  const { appliedDueMs, confirmedGraceMs, confirmedMaxMs } = work.settings;
  await work.tx
    .updateTable('command_acks')
    .set({
      applied_due_us: work.nowUs + appliedDueMs * 1000,
      confirmed_due_us: work.nowUs + (confirmedGraceMs + Math.min(heartbeat.longestTimeoutMs, confirmedMaxMs)) * 1000,
      reported_applied: false,
      reported_confirmed: false,
    })
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .where('run_id', '=', heartbeat.runId)
    .where('settled', '=', false)
    .execute();
  await expectAckOfNewRun(work, agent, heartbeat);
}

const findRun = (work: Work, agent: LockedAgent, runId: string): Promise<Selectable<RunsTable> | undefined> =>
  work.tx
    .selectFrom('runs')
    .selectAll()
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .where('run_id', '=', runId)
    .executeTakeFirst();

async function registerRun(work: Work, agent: LockedAgent, first: Heartbeat): Promise<HeartbeatResult> {
  const heartbeat = { ...first, state: stayed(first.state) };
  const live = await countLive(work, agent);
  if (live >= work.settings.maxRunsPerAgent) return { outcome: 'too_many_runs', live };
  await work.tx
    .insertInto('runs')
    .values(newRun(work, agent, heartbeat))
    .execute();
  emitRunState(work, agent, heartbeat.runId, heartbeat.state, undefined);
  emitEvent(work, { type: 'heartbeat', tenant: agent.tenant, agentId: agent.agentId, actor: 'agent', heartbeat });
  if (agent.epoch > 0 && isLive(heartbeat.state)) await expectAckOfNewRun(work, agent, heartbeat);
  return { outcome: 'alive', epoch: agent.epoch };
}

async function countLive(work: Work, agent: LockedAgent): Promise<number> {
  const { live } = await work.tx
    .selectFrom('runs')
    .select(sql<number>`count(*)::int`.as('live'))
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .where('state', 'not in', ['lost', 'ended'])
    .executeTakeFirstOrThrow();
  return live;
}

/** The run of an acknowledgement, registered when that came before the first heartbeat; undefined when the agent has too many. */
export async function ensureRun(work: Work, agent: LockedAgent, runId: string): Promise<{ longestTimeoutMs: number } | undefined> {
  const run = await findRun(work, agent, runId);
  if (run !== undefined) return { longestTimeoutMs: run.longest_timeout_ms };
  if ((await countLive(work, agent)) >= work.settings.maxRunsPerAgent) return undefined;
  const bare = {
    agentId: agent.agentId,
    runId,
    state: 'running',
    epoch: 0,
    lastSeq: 0,
    inFlightSeqs: [],
    sessions: [],
    longestTimeoutMs: 0,
    droppedSpans: 0,
    atUs: work.nowUs,
  } as const;
  await work.tx
    .insertInto('runs')
    .values(newRun(work, agent, { ...bare, inFlightSeqs: [], sessions: [] }))
    .execute();
  emitRunState(work, agent, runId, 'running', undefined);
  return { longestTimeoutMs: 0 };
}

const newRun = (work: Work, agent: LockedAgent, heartbeat: Heartbeat) => ({
  tenant: agent.tenant,
  agent_id: agent.agentId,
  run_id: heartbeat.runId,
  started_us: work.nowUs,
  ended_us: heartbeat.state === 'ended' ? work.nowUs : null,
  reported_us: work.nowUs,
  ...sampleOf(work, heartbeat),
});

const sampleOf = (work: Work, heartbeat: Heartbeat) => ({
  state: heartbeat.state,
  version: heartbeat.version ?? null,
  epoch_seen: heartbeat.epoch,
  last_seq: heartbeat.lastSeq,
  in_flight: heartbeat.inFlightSeqs.length,
  sessions: JSON.stringify(heartbeat.sessions),
  longest_timeout_ms: heartbeat.longestTimeoutMs,
  unprotected_since_us: heartbeat.unprotectedSinceUs ?? null,
  dropped_spans: heartbeat.droppedSpans,
  last_heartbeat_us: work.nowUs,
});

async function saveHeartbeat(work: Work, run: Selectable<RunsTable>, heartbeat: Heartbeat, isReported: boolean): Promise<void> {
  await work.tx
    .updateTable('runs')
    .set({
      ...sampleOf(work, heartbeat),
      ended_us: heartbeat.state === 'ended' ? (run.ended_us ?? work.nowUs) : null,
      ...(isReported ? { reported_us: work.nowUs } : {}),
    })
    .where('tenant', '=', run.tenant)
    .where('agent_id', '=', run.agent_id)
    .where('run_id', '=', run.run_id)
    .execute();
  if (heartbeat.state === 'ended' && run.state !== 'ended') await settleRun(work, run);
}

/** A run that has ended owes no acknowledgement any more: nothing of it is in flight. */
async function settleRun(work: Work, run: { tenant: string; agent_id: string; run_id: string }): Promise<void> {
  await work.tx
    .updateTable('command_acks')
    .set({ settled: true })
    .where('tenant', '=', run.tenant)
    .where('agent_id', '=', run.agent_id)
    .where('run_id', '=', run.run_id)
    .where('settled', '=', false)
    .execute();
}

const emitRunState = (
  work: Work,
  agent: { tenant: string; agentId: string },
  runId: string,
  to: RunState,
  from: RunState | undefined,
): void =>
  emitEvent(work, {
    type: 'run.state',
    tenant: agent.tenant,
    agentId: agent.agentId,
    actor: to === 'lost' ? 'control' : 'agent',
    runId,
    to,
    ...(from === undefined ? {} : { from }),
  });

async function isKilled(work: Work, agent: LockedAgent, runId: string): Promise<boolean> {
  const kill = await work.tx
    .selectFrom('holds')
    .select('id')
    .where('tenant', '=', agent.tenant)
    .where('agent_id', '=', agent.agentId)
    .where('released_us', 'is', null)
    .where('action', '=', 'kill')
    .where((where) => where.or([where('scope', '=', 'agent'), where.and([where('scope', '=', 'run'), where('scope_id', '=', runId)])]))
    .limit(1)
    .executeTakeFirst();
  return kill !== undefined;
}

/** Something with a longer time-out was in flight when the command came: *confirmed* may take that much longer, up to the cap. */
async function extendDeadline(work: Work, agent: LockedAgent, heartbeat: Heartbeat): Promise<void> {
  if (agent.epoch === 0 || heartbeat.inFlightSeqs.length === 0) return;
  const { confirmedGraceMs, confirmedMaxMs } = work.settings;
  const allowedUs = (confirmedGraceMs + Math.min(heartbeat.longestTimeoutMs, confirmedMaxMs)) * 1000;
  await sql`
    update command_acks a set confirmed_due_us = greatest(confirmed_due_us, c.issued_us + ${allowedUs}::bigint)
    from commands c
    where c.id = a.command_id and not a.settled and a.tenant = ${agent.tenant} and a.agent_id = ${agent.agentId} and a.run_id = ${heartbeat.runId}`.execute(
    work.tx,
  );
}

export type RunKey = Pick<Selectable<RunsTable>, 'tenant' | 'agent_id' | 'run_id'>;

/** Live runs that have not been heard of since `beforeUs`. */
export const findSilentRuns = (db: Kysely<Tables>, beforeUs: number): Promise<RunKey[]> =>
  db
    .selectFrom('runs')
    .select(['tenant', 'agent_id', 'run_id'])
    .where('state', 'not in', ['lost', 'ended'])
    .where('last_heartbeat_us', '<', beforeUs)
    .limit(500)
    .execute();

/** Makes a silent run `lost`, unless it was heard of meanwhile. */
export async function loseRun(work: Work, run: RunKey): Promise<boolean> {
  const agent = await lockAgent(work, run.tenant, run.agent_id);
  const now = agent && (await findRun(work, agent, run.run_id));
  if (agent === undefined || now === undefined || !isLive(now.state)) return false;
  if (now.last_heartbeat_us >= work.nowUs - work.settings.lostAfterMs * 1000) return false;
  await work.tx
    .updateTable('runs')
    .set({ state: 'lost' })
    .where('tenant', '=', run.tenant)
    .where('agent_id', '=', run.agent_id)
    .where('run_id', '=', run.run_id)
    .execute();
  emitRunState(work, agent, run.run_id, 'lost', now.state);
  await forgive(work, agent);
  return true;
}
