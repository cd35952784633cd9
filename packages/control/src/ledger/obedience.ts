import { sql } from 'kysely';
import type { LockedAgent } from './agent.ts';
import type { Work } from './work.ts';

/**
 * An agent obeys again once no live run of it owes an acknowledgement that was reported as overdue. A run that was lost or has ended cannot
 * disobey. Call with the agent locked, after anything that settles a debt or takes a run away.
 */
export async function forgive(work: Work, agent: Pick<LockedAgent, 'tenant' | 'agentId' | 'obedience'>): Promise<void> {
  if (agent.obedience === 'obeying') return;
  await sql`
    update agents set obedience = 'obeying'
    where tenant = ${agent.tenant} and agent_id = ${agent.agentId} and not exists (
      select 1 from command_acks a join runs r on r.tenant = a.tenant and r.agent_id = a.agent_id and r.run_id = a.run_id
      where a.tenant = ${agent.tenant} and a.agent_id = ${agent.agentId} and not a.settled and r.state not in ('lost', 'ended')
        and ((a.applied_us is null and a.reported_applied) or (a.confirmed_us is null and a.reported_confirmed)))`.execute(work.tx);
}
