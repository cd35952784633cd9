import type { Work } from './work.ts';

export interface IdempotentCall {
  readonly tenant: string;
  readonly principal: string;
  /** Method and path. */
  readonly call: string;
  readonly key: string;
  readonly requestDigest: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

export type Claim = { readonly claimed: true } | { readonly answer: StoredAnswer } | { readonly mismatch: true };

/**
 * Claims the key in the transaction of the effect, so that effect and answer are kept together. A second call with the same key waits
 * for the first one, then gets its answer; the same key with another request is a mismatch.
 */
export async function claimKey(work: Work, call: IdempotentCall): Promise<Claim> {
  const inserted = await work.tx
    .insertInto('idempotency_keys')
    .values({
      tenant: call.tenant,
      principal: call.principal,
      call: call.call,
      key: call.key,
      request_digest: call.requestDigest,
      status: null,
      body: 'null',
      created_us: work.nowUs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (inserted !== undefined) return { claimed: true };
  const row = await work.tx
    .selectFrom('idempotency_keys')
    .select(['request_digest', 'status', 'body'])
    .where('tenant', '=', call.tenant)
    .where('principal', '=', call.principal)
    .where('call', '=', call.call)
    .where('key', '=', call.key)
    .executeTakeFirstOrThrow();
  if (row.request_digest !== call.requestDigest) return { mismatch: true };
  return { answer: { status: row.status ?? 200, body: row.body } };
}

/** Keeps the answer with the key. */
export async function keepAnswer(work: Work, call: IdempotentCall, answer: StoredAnswer): Promise<void> {
  await work.tx
    .updateTable('idempotency_keys')
    .set({ status: answer.status, body: JSON.stringify(answer.body ?? null) })
    .where('tenant', '=', call.tenant)
    .where('principal', '=', call.principal)
    .where('call', '=', call.call)
    .where('key', '=', call.key)
    .execute();
}
