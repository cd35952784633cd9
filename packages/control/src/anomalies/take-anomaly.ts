import type { Anomaly } from '@belay/protocol';
import { toStorable } from '../database/storable.ts';
import { type PlaceResult, placeHold } from '../ledger/holds.ts';
import type { Work } from '../ledger/work.ts';
import { holdOfAnomaly } from './hold-of-anomaly.ts';

export type Disposition = PlaceResult['outcome'] | 'recorded' | 'suppressed' | 'stale' | 'repeat';

/** Records an anomaly and places the hold it asks for, in one transaction; the same id again does nothing. */
export async function takeAnomaly(work: Work, anomaly: Anomaly): Promise<Disposition> {
  const seen = await work.tx
    .insertInto('anomalies')
    .values({
      tenant: anomaly.tenant,
      id: anomaly.id,
      agent_id: anomaly.agentId,
      body: JSON.stringify(toStorable(anomaly)),
      disposition: 'recorded',
      hold_id: null,
      received_us: work.nowUs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (seen === undefined) return 'repeat';
  const verdict = holdOfAnomaly(anomaly, work.nowUs, work.settings.staleAfterMs);
  const result = 'hold' in verdict ? await placeHold(work, verdict.hold) : { outcome: verdict.none };
  if (result.outcome === 'recorded') return 'recorded';
  const holdId = result.outcome === 'placed' ? result.hold.id : result.outcome === 'already_held' ? result.holdId : null;
  await work.tx
    .updateTable('anomalies')
    .set({ disposition: result.outcome, hold_id: holdId })
    .where('tenant', '=', anomaly.tenant)
    .where('id', '=', anomaly.id)
    .execute();
  return result.outcome;
}
