import type { Anomaly, FeedbackVerdict } from '@belay/protocol';
import { type Selectable, sql } from 'kysely';
import type { AnomalyFeedbackTable } from '../database/tables.ts';
import { lockAgent, seeAgent } from './agent.ts';
import { appendAudit } from './audit.ts';
import { emitEvent } from './outbox.ts';
import type { Work } from './work.ts';

/** What an operator says about an anomaly; without a verdict, that nothing is said any more. */
export interface FeedbackWish {
  readonly tenant: string;
  readonly anomalyId: string;
  readonly verdict: FeedbackVerdict | undefined;
  readonly note?: string | undefined;
  readonly actor: string;
}

export type FeedbackResult =
  | {
      readonly outcome: 'taken';
      readonly anomalyId: string;
      readonly isNews: boolean;
      readonly feedback: Selectable<AnomalyFeedbackTable> | undefined;
    }
  | { readonly outcome: 'ambiguous'; readonly count: number }
  | { readonly outcome: 'unknown_anomaly' };

/**
 * Takes the verdict and tells the detectors by a record on the agent's partition. The same verdict and note again, and withdrawing where
 * nothing is said, change nothing.
 */
export async function giveFeedback(work: Work, wish: FeedbackWish): Promise<FeedbackResult> {
  const found = await findAnomalies(work, wish.tenant, wish.anomalyId);
  const [first] = found;
  if (first === undefined) return { outcome: 'unknown_anomaly' };
  if (found.length > 1) return { outcome: 'ambiguous', count: found.length };
  return take(work, { ...wish, anomalyId: first.id }, first.body as Anomaly);
}

async function take(work: Work, wish: FeedbackWish, anomaly: Anomaly): Promise<FeedbackResult> {
  const { tenant, anomalyId } = wish;
  const { agentId } = anomaly;
  if ((await lockAgent(work, tenant, agentId)) === undefined) await seeAgent(work, tenant, agentId, {});
  const before = await currentFeedback(work, tenant, anomalyId);
  if (before?.verdict === wish.verdict && (wish.verdict === undefined || before?.note === (wish.note ?? null)))
    return { outcome: 'taken', anomalyId, isNews: false, feedback: before };
  const verdict = wish.verdict ?? before?.verdict;
  if (verdict === undefined) return { outcome: 'taken', anomalyId, isNews: false, feedback: undefined };
  await record(work, wish, { verdict, anomaly });
  return { outcome: 'taken', anomalyId, isNews: true, feedback: await currentFeedback(work, tenant, anomalyId) };
}

/** Shorter beginnings of an id name nothing. */
export const PREFIX_MIN = 8;

/** The anomaly of this id; else those whose id begins so, with or without the name of the digest: two are enough to see that it is not one. */
async function findAnomalies(work: Work, tenant: string, id: string): Promise<{ id: string; body: unknown }[]> {
  const ofTenant = work.tx.selectFrom('anomalies').select(['id', 'body']).where('tenant', '=', tenant);
  const exact = await ofTenant.where('id', '=', id).execute();
  const prefix = id.replace(/^sha256:/, '');
  if (exact.length > 0 || prefix.length < PREFIX_MIN) return exact;
  return ofTenant
    .where((or) => or.or([or(sql`starts_with(id, ${prefix})`, '=', true), or(sql`starts_with(id, ${`sha256:${prefix}`})`, '=', true)]))
    .limit(2)
    .execute();
}

async function record(work: Work, wish: FeedbackWish, about: { verdict: FeedbackVerdict; anomaly: Anomaly }): Promise<void> {
  const { tenant, anomalyId, note, actor } = wish;
  const { verdict, anomaly } = about;
  const { agentId, detector, rule, cause } = anomaly;
  const change = wish.verdict === undefined ? 'withdrawn' : 'given';
  await work.tx
    .insertInto('anomaly_feedback')
    .values({ tenant, anomaly_id: anomalyId, agent_id: agentId, change, verdict, note: note ?? null, actor, at_us: work.nowUs })
    .execute();
  const said = { anomalyId, detector, rule, verdict, change, ...(note === undefined ? {} : { note }) } as const;
  emitEvent(work, { type: 'anomaly.feedback', tenant, agentId, actor, ...said, ...(cause === undefined ? {} : { cause }) });
  await appendAudit(work, { tenant, actor, action: 'anomaly.feedback', agentId, details: said });
}

/** The newest word about an anomaly; undefined when there is none, or it was withdrawn. */
async function currentFeedback(work: Work, tenant: string, anomalyId: string): Promise<Selectable<AnomalyFeedbackTable> | undefined> {
  const newest = await work.tx
    .selectFrom('anomaly_feedback')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('anomaly_id', '=', anomalyId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.change === 'given' ? newest : undefined;
}
