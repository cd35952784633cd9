import { type Hold, type SignedState, signState } from '@belay/protocol';
import type { JWK } from 'jose';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/tables.ts';

/** What an agent must obey, read in one statement so that epoch and holds belong together. */
export interface AgentState {
  readonly epoch: number;
  readonly revision: number;
  readonly commandId: string | undefined;
  readonly holds: readonly Hold[];
}

interface StateRow {
  epoch: number;
  revision: number;
  command_id: string | null;
  holds: Hold[] | null;
}

/** An agent that nothing is known of has epoch 0 and no holds. */
export async function readAgentState(db: Kysely<Tables>, tenant: string, agentId: string): Promise<AgentState> {
  const { rows } = await sql<StateRow>`
    select a.epoch, a.revision,
      (select c.id from commands c where c.tenant = a.tenant and c.agent_id = a.agent_id and c.epoch = a.epoch) as command_id,
      (select json_agg(json_build_object('id', h.id, 'action', h.action, 'scope', h.scope, 'scopeId', h.scope_id, 'reason', h.reason,
          'cause', json_build_object('kind', h.cause_kind, 'ref', h.cause_ref), 'placedUs', h.placed_us) order by h.placed_us, h.id)
        from holds h where h.tenant = a.tenant and h.agent_id = a.agent_id and h.released_us is null) as holds
    from agents a where a.tenant = ${tenant} and a.agent_id = ${agentId}`.execute(db);
  const row = rows[0];
  if (row === undefined) return { epoch: 0, revision: 0, commandId: undefined, holds: [] };
  return { epoch: row.epoch, revision: row.revision, commandId: row.command_id ?? undefined, holds: row.holds ?? [] };
}

export interface StateSigner {
  sign(audience: string, state: AgentState, nonce?: string): Promise<string>;
}

/** Signs states with the key that agents have pinned. */
export function createStateSigner(deps: { signingKey: JWK; nowUs: () => number; newId: () => string }): StateSigner {
  return {
    sign: (audience, state, nonce) => {
      const payload: SignedState = {
        iss: 'belay-control',
        aud: audience,
        jti: deps.newId(),
        iat: Math.floor(deps.nowUs() / 1_000_000),
        epoch: state.epoch,
        holds: [...state.holds],
        ...(state.commandId === undefined ? {} : { commandId: state.commandId }),
        ...(nonce === undefined ? {} : { nonce }),
      };
      return signState(deps.signingKey, payload);
    },
  };
}
