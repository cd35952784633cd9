import { type Selectable, sql } from 'kysely';
import type { TenantsTable } from '../database/tables.ts';
import type { Work } from './work.ts';

/**
 * Locks the tenant's row, made when missing, until the transaction ends: the audit chain and the blast radius are per tenant.
 * Lock order everywhere: agent, then tenant.
 */
export async function lockTenant(work: Work, tenant: string): Promise<Selectable<TenantsTable>> {
  const known = work.tenants.get(tenant);
  if (known !== undefined) return known;
  const locked =
    (await work.tx.selectFrom('tenants').selectAll().where('tenant', '=', tenant).forUpdate().executeTakeFirst()) ??
    (await insert(work, tenant));
  work.tenants.set(tenant, locked);
  return locked;
}

const insert = (work: Work, tenant: string): Promise<Selectable<TenantsTable>> =>
  work.tx
    .insertInto('tenants')
    .values({ tenant })
    .onConflict((conflict) => conflict.column('tenant').doUpdateSet({ tenant: sql`excluded.tenant` }))
    .returningAll()
    .executeTakeFirstOrThrow();
