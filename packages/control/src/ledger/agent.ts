import { type AgentKey, agentKey } from '@belay/protocol';
import { sql } from 'kysely';
import type { Work } from './work.ts';

/** The agent's row, locked until the transaction ends: the owner of its epoch. */
export interface LockedAgent {
  readonly tenant: string;
  readonly agentId: string;
  readonly key: AgentKey;
  readonly epoch: number;
  readonly revision: number;
  readonly isCanary: boolean;
  readonly obedience: 'obeying' | 'unconfirmed';
}

export interface AgentNaming {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly environment?: string | undefined;
}

/** Agents that Belay runs itself to measure the loop: never counted in the blast radius. */
const isCanary = (agentId: string): boolean => agentId.startsWith('belay-canary');

interface Row {
  tenant: string;
  agent_id: string;
  epoch: number;
  revision: number;
  is_canary: boolean;
  obedience: 'obeying' | 'unconfirmed';
}

const lockedOf = (row: Row): LockedAgent => ({
  tenant: row.tenant,
  agentId: row.agent_id,
  key: agentKey(row.tenant, row.agent_id),
  epoch: row.epoch,
  revision: row.revision,
  isCanary: row.is_canary,
  obedience: row.obedience,
});

/** Locks an agent that is known; undefined when it is not. */
export async function lockAgent(work: Work, tenant: string, agentId: string): Promise<LockedAgent | undefined> {
  const row = await work.tx
    .selectFrom('agents')
    .select(['tenant', 'agent_id', 'epoch', 'revision', 'is_canary', 'obedience'])
    .where('tenant', '=', tenant)
    .where('agent_id', '=', agentId)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : lockedOf(row);
}

/** Registers the agent when it is new, notes that it was seen, and locks it. */
export async function seeAgent(work: Work, tenant: string, agentId: string, naming: AgentNaming): Promise<LockedAgent> {
  const row = await work.tx
    .insertInto('agents')
    .values({
      tenant,
      agent_id: agentId,
      name: naming.name ?? null,
      version: naming.version ?? null,
      environment: naming.environment ?? null,
      is_canary: isCanary(agentId),
      first_seen_us: work.nowUs,
      last_seen_us: work.nowUs,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'agent_id']).doUpdateSet({
        name: sql`coalesce(excluded.name, agents.name)`,
        version: sql`coalesce(excluded.version, agents.version)`,
        environment: sql`coalesce(excluded.environment, agents.environment)`,
        last_seen_us: sql`greatest(excluded.last_seen_us, agents.last_seen_us)`,
      }),
    )
    .returning(['tenant', 'agent_id', 'epoch', 'revision', 'is_canary', 'obedience'])
    .executeTakeFirstOrThrow();
  return lockedOf(row);
}
