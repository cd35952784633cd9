import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { appendAudit } from './audit.ts';
import type { Work } from './work.ts';

/** Takes away a token of the tenant, for good. Repeating it changes nothing. */
export async function revokeToken(work: Work, request: { tenant: string; jti: string; actor: string }): Promise<{ isNew: boolean }> {
  const inserted = await work.tx
    .insertInto('revoked_tokens')
    .values({ tenant: request.tenant, jti: request.jti, revoked_us: work.nowUs, revoked_by: request.actor })
    .onConflict((conflict) => conflict.doNothing())
    .returning('jti')
    .executeTakeFirst();
  if (inserted === undefined) return { isNew: false };
  await appendAudit(work, { tenant: request.tenant, actor: request.actor, action: 'token.revoked', details: { jti: request.jti } });
  work.tokensChanged();
  return { isNew: true };
}

/** Revoked tokens, held in memory because every call asks; `refresh` reads them again. */
export interface Revocations {
  has(tenant: string, jti: string): boolean;
  refresh(): Promise<void>;
}

export function createRevocations(db: Kysely<Tables>): Revocations {
  let revoked: ReadonlySet<string> = new Set();
  return {
    has: (tenant, jti) => revoked.has(`${tenant}/${jti}`),
    refresh: async () => {
      const rows = await db.selectFrom('revoked_tokens').select(['tenant', 'jti']).execute();
      revoked = new Set(rows.map((row) => `${row.tenant}/${row.jti}`));
    },
  };
}
