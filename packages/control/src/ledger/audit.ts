import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '@belay/protocol';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { lockTenant } from './tenant.ts';
import type { Work } from './work.ts';

export interface AuditEntry {
  readonly tenant: string;
  /** Operator, `webhook:<name>`, `detector:<id>`, `control`. */
  readonly actor: string;
  /** What was done or refused, e.g. `hold.placed`. */
  readonly action: string;
  readonly agentId?: string;
  readonly details: Record<string, Json | undefined>;
}

interface Link {
  tenant: string;
  seq: number;
  at_us: number;
  actor: string;
  action: string;
  agent_id: string | null;
  details: string;
  prev_hash: string;
}

/** SHA-256 of the canonical JSON array of all fields, the previous hash among them. */
export function auditHash(link: Link): string {
  const fields = [link.tenant, link.seq, link.at_us, link.actor, link.action, link.agent_id, link.details, link.prev_hash];
  return createHash('sha256').update(canonicalJson(fields)).digest('hex');
}

/** Appends one entry to the tenant's chain, in the transaction of what it records. */
export async function appendAudit(work: Work, entry: AuditEntry): Promise<void> {
  const tenant = await lockTenant(work, entry.tenant);
  const details = Object.fromEntries(Object.entries(entry.details).filter(([, value]) => value !== undefined)) as Record<string, Json>;
  const link: Link = {
    tenant: entry.tenant,
    seq: tenant.audit_seq + 1,
    at_us: work.nowUs,
    actor: entry.actor,
    action: entry.action,
    agent_id: entry.agentId ?? null,
    details: canonicalJson(details),
    prev_hash: tenant.audit_head,
  };
  const hash = auditHash(link);
  await work.tx
    .with('entry', (cte) => cte.insertInto('audit').values({ ...link, hash }))
    .updateTable('tenants')
    .set({ audit_seq: link.seq, audit_head: hash })
    .where('tenant', '=', entry.tenant)
    .execute();
  work.tenants.set(entry.tenant, { ...tenant, audit_seq: link.seq, audit_head: hash });
}

export type AuditVerdict =
  | { readonly intact: true; readonly entries: number; readonly head: string }
  | { readonly intact: false; readonly seq: number; readonly problem: string };

const PAGE = 500;

/** Walks a tenant's chain from its first entry to the head that is kept apart, so that a cut tail is found as well. */
export async function verifyAudit(db: Kysely<Tables>, tenant: string): Promise<AuditVerdict> {
  const kept = await db.selectFrom('tenants').select(['audit_seq', 'audit_head']).where('tenant', '=', tenant).executeTakeFirst();
  let seq = 0;
  let head = '';
  for (;;) {
    const page = await db
      .selectFrom('audit')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const { hash, ...link } of page) {
      const problem = problemOf(link, hash, seq, head);
      if (problem !== undefined) return { intact: false, seq: seq + 1, problem };
      seq = link.seq;
      head = hash;
    }
    if (page.length < PAGE) break;
  }
  const cut = seq < (kept?.audit_seq ?? 0) || (seq === kept?.audit_seq && head !== kept.audit_head);
  return cut ? { intact: false, seq: seq + 1, problem: 'entries at the end are missing' } : { intact: true, entries: seq, head };
}

function problemOf(link: Link, hash: string, seq: number, head: string): string | undefined {
  if (link.seq !== seq + 1) return 'an entry is missing';
  if (link.prev_hash !== head) return 'the entry does not follow its predecessor';
  return auditHash(link) === hash ? undefined : 'the entry was changed';
}
