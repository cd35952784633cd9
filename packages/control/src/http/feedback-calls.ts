import { BelayError, type FeedbackVerdict, type OperatorRole, vocabulary } from '@belay/protocol';
import { z } from 'zod';
import { giveFeedback, PREFIX_MIN } from '../ledger/feedback.ts';
import type { Work } from '../ledger/work.ts';
import { type Answer, type Call, defineCall } from './call.ts';
import { feedbackToView, feedbackView } from './views.ts';

const OPERATORS: readonly OperatorRole[] = ['operator', 'admin'];
const path = '/v1/anomalies/{anomalyId}/feedback';
const params = z.object({ anomalyId: z.string().min(1).max(96).describe('its id, or at least the first 8 characters of it') });
const answer = z.object({
  anomalyId: z.string(),
  feedback: feedbackView.nullable().describe('what stands now; null = nothing is said'),
  isNews: z.boolean().describe('false when it stood already'),
});

const give = defineCall({
  id: 'giveFeedback',
  method: 'POST',
  path,
  plane: 'operator',
  roles: OPERATORS,
  summary:
    'Say what an anomaly is. After expected or false_positive its cause is recorded and no longer answered for this agent, and the detector learns it; after true_positive it is answered again.',
  params,
  body: z.strictObject({ verdict: z.enum(vocabulary.FEEDBACK_VERDICTS), note: z.string().trim().min(1).max(1024).optional() }),
  responses: { 200: { description: 'told to the detectors', schema: answer } },
  handling: {
    kind: 'change',
    handle: (_services, { params: { anomalyId }, body, principal }, work) => take(work, anomalyId, principal, body),
  },
});

const withdraw = defineCall({
  id: 'withdrawFeedback',
  method: 'DELETE',
  path,
  plane: 'operator',
  roles: OPERATORS,
  summary: 'Take back what was said about an anomaly: its cause is answered again, and the detector forgets what it learned of it.',
  params,
  body: z.strictObject({ note: z.string().trim().min(1).max(1024).optional() }).optional(),
  responses: { 200: { description: 'told to the detectors', schema: answer } },
  handling: {
    kind: 'change',
    handle: (_services, { params: { anomalyId }, body, principal }, work) => take(work, anomalyId, principal, body ?? {}),
  },
});

async function take(
  work: Work,
  anomalyId: string,
  by: { readonly tenant: string; readonly sub: string },
  said: { verdict?: FeedbackVerdict; note?: string | undefined },
): Promise<Answer> {
  const result = await giveFeedback(work, { tenant: by.tenant, anomalyId, verdict: said.verdict, note: said.note, actor: by.sub });
  if (result.outcome === 'unknown_anomaly') {
    throw new BelayError(
      'not_found',
      `No anomaly ${JSON.stringify(anomalyId)} is known to this tenant${anomalyId.length < PREFIX_MIN ? `, and the beginning of an id has at least ${PREFIX_MIN} characters` : ''}. "belay anomalies" lists those of the last days with their ids.`,
    );
  }
  if (result.outcome === 'ambiguous')
    throw new BelayError('conflict', `More than one anomaly has an id that begins with ${JSON.stringify(anomalyId)}; give more of it.`);
  const { feedback, isNews } = result;
  return { status: 200, body: { anomalyId: result.anomalyId, feedback: feedback === undefined ? null : feedbackToView(feedback), isNews } };
}

/** What operators may say about anomalies. */
export const feedbackCalls: readonly Call[] = [give, withdraw];
