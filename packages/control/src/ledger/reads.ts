import type { RunState } from '@belay/protocol';
import { type Kysely, type Selectable, sql } from 'kysely';
import type {
  AgentsTable,
  AnomalyFeedbackTable,
  AuditTable,
  CommandAcksTable,
  CommandsTable,
  HoldsTable,
  RunsTable,
  Tables,
} from '../database/tables.ts';

type Db = Kysely<Tables>;

export interface AgentFacts {
  readonly row: Selectable<AgentsTable>;
  readonly state: RunState | null;
  readonly live: number;
  readonly open: number;
}

/** Agents with what is going on with them, those heard from last first. */
export async function readAgents(db: Db, tenant: string, filter: { agentId?: string | undefined; limit: number }): Promise<AgentFacts[]> {
  let query = db
    .selectFrom('agents')
    .selectAll('agents')
    .select([
      sql<RunState | null>`(select state from runs r where r.tenant = agents.tenant and r.agent_id = agents.agent_id
        order by (state not in ('lost', 'ended')) desc, last_heartbeat_us desc limit 1)`.as('state'),
      sql<number>`(select count(*)::int from runs r where r.tenant = agents.tenant and r.agent_id = agents.agent_id and r.state not in ('lost', 'ended'))`.as(
        'live',
      ),
      sql<number>`(select count(*)::int from holds h where h.tenant = agents.tenant and h.agent_id = agents.agent_id and h.released_us is null)`.as(
        'open',
      ),
    ])
    .where('tenant', '=', tenant)
    .orderBy('last_seen_us', 'desc')
    .limit(filter.limit);
  if (filter.agentId !== undefined) query = query.where('agent_id', '=', filter.agentId);
  return (await query.execute()).map(({ state, live, open, ...row }) => ({ row, state, live, open }));
}

interface AgentFilter {
  readonly agentId?: string | undefined;
  readonly limit: number;
}

export async function readRuns(db: Db, tenant: string, filter: AgentFilter): Promise<Selectable<RunsTable>[]> {
  let query = db.selectFrom('runs').selectAll().where('tenant', '=', tenant).orderBy('last_heartbeat_us', 'desc').limit(filter.limit);
  if (filter.agentId !== undefined) query = query.where('agent_id', '=', filter.agentId);
  return query.execute();
}

/** Open holds, or all of them, newest first. */
export async function readHolds(
  db: Db,
  tenant: string,
  filter: AgentFilter & { withReleased?: boolean },
): Promise<Selectable<HoldsTable>[]> {
  let query = db.selectFrom('holds').selectAll().where('tenant', '=', tenant).orderBy('placed_us', 'desc').limit(filter.limit);
  if (filter.agentId !== undefined) query = query.where('agent_id', '=', filter.agentId);
  if (filter.withReleased !== true) query = query.where('released_us', 'is', null);
  return query.execute();
}

export interface CommandFacts {
  readonly row: Selectable<CommandsTable>;
  readonly acks: Selectable<CommandAcksTable>[];
}

/** Commands with the acknowledgements of each run, newest first. */
export async function readCommands(db: Db, tenant: string, filter: AgentFilter): Promise<CommandFacts[]> {
  let query = db
    .selectFrom('commands')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('issued_us', 'desc')
    .orderBy('epoch', 'desc')
    .limit(filter.limit);
  if (filter.agentId !== undefined) query = query.where('agent_id', '=', filter.agentId);
  const rows = await query.execute();
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const acks = await db.selectFrom('command_acks').selectAll().where('command_id', 'in', ids).orderBy('run_id').execute();
  return rows.map((row) => ({ row, acks: acks.filter((ack) => ack.command_id === row.id) }));
}

export interface AnomalyFacts {
  readonly body: unknown;
  readonly disposition: string;
  readonly holdId: string | null;
  readonly receivedUs: number;
  /** What operators say about it now. */
  readonly feedback: Selectable<AnomalyFeedbackTable> | undefined;
}

/** Anomalies with what operators say about them, newest first. */
export async function readAnomalies(db: Db, tenant: string, filter: AgentFilter): Promise<AnomalyFacts[]> {
  let query = db
    .selectFrom('anomalies')
    .select(['id', 'body', 'disposition', 'hold_id as holdId', 'received_us as receivedUs'])
    .where('tenant', '=', tenant)
    .orderBy('received_us', 'desc')
    .limit(filter.limit);
  if (filter.agentId !== undefined) query = query.where('agent_id', '=', filter.agentId);
  const rows = await query.execute();
  const feedback = await readFeedback(
    db,
    tenant,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, ...facts }) => ({ ...facts, feedback: feedback.get(id) }));
}

async function readFeedback(db: Db, tenant: string, ids: readonly string[]): Promise<Map<string, Selectable<AnomalyFeedbackTable>>> {
  if (ids.length === 0) return new Map();
  const newest = await db
    .selectFrom('anomaly_feedback')
    .selectAll()
    .distinctOn('anomaly_id')
    .where('tenant', '=', tenant)
    .where('anomaly_id', 'in', ids)
    .orderBy('anomaly_id')
    .orderBy('id', 'desc')
    .execute();
  return new Map(newest.filter(({ change }) => change === 'given').map((row) => [row.anomaly_id, row]));
}

export const readAudit = (
  db: Db,
  tenant: string,
  filter: { limit: number; before?: number | undefined },
): Promise<Selectable<AuditTable>[]> =>
  db
    .selectFrom('audit')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('seq', '<', filter.before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('seq', 'desc')
    .limit(filter.limit)
    .execute();
