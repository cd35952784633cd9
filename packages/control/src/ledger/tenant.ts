import { sql, type Transaction } from 'kysely';
import type { Tables, TenantsTable } from '../database/tables.ts';

type TenantRow = { [K in keyof TenantsTable]: K extends 'tenant' | 'audit_head' ? string : number };

/**
 * Locks the tenant's row, made when missing, until the transaction ends: the audit chain and the blast radius are per tenant.
 * Lock order everywhere: agent, then tenant.
 */
export async function lockTenant(tx: Transaction<Tables>, tenant: string): Promise<TenantRow> {
  const locked = await tx.selectFrom('tenants').selectAll().where('tenant', '=', tenant).forUpdate().executeTakeFirst();
  if (locked !== undefined) return locked;
  return tx
    .insertInto('tenants')
    .values({ tenant })
    .onConflict((conflict) => conflict.column('tenant').doUpdateSet({ tenant: sql`excluded.tenant` }))
    .returningAll()
    .executeTakeFirstOrThrow();
}
