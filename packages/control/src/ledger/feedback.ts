import type { Anomaly, FeedbackVerdict } from '@belay/protocol';
import type { Selectable } from 'kysely';
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
  | { readonly outcome: 'taken'; readonly isNews: boolean; readonly feedback: Selectable<AnomalyFeedbackTable> | undefined }
  | { readonly outcome: 'unknown_anomaly' };

/**
 * Takes the verdict and tells the detectors by a record on the agent's partition. The same verdict and note again, and withdrawing where
 * nothing is said, change nothing.
 */
export async function giveFeedback(work: Work, wish: FeedbackWish): Promise<FeedbackResult> {
  const { tenant, anomalyId } = wish;
  const found = await work.tx
    .selectFrom('anomalies')
    .select(['agent_id', 'body'])
    .where('tenant', '=', tenant)
    .where('id', '=', anomalyId)
    .executeTakeFirst();
  if (found === undefined) return { outcome: 'unknown_anomaly' };
  if ((await lockAgent(work, tenant, found.agent_id)) === undefined) await seeAgent(work, tenant, found.agent_id, {});
  const before = await currentFeedback(work, tenant, anomalyId);
  if (before?.verdict === wish.verdict && (wish.verdict === undefined || before?.note === (wish.note ?? null)))
    return { outcome: 'taken', isNews: false, feedback: before };
  const verdict = wish.verdict ?? before?.verdict;
  if (verdict === undefined) return { outcome: 'taken', isNews: false, feedback: undefined };
  await record(work, wish, { verdict, anomaly: found.body as Anomaly });
  return { outcome: 'taken', isNews: true, feedback: await currentFeedback(work, tenant, anomalyId) };
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
