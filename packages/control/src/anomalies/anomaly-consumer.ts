import type { Bus, Consumer, LogMessage } from '@belay/bus';
import { type Anomaly, decodeAnomaly, isAgentId, isTenant, TOPICS } from '@belay/protocol';
import type { RunWork } from '../ledger/work.ts';
import type { Logger } from '../logger.ts';
import { type Disposition, takeAnomaly } from './take-anomaly.ts';

export interface AnomalyConsumerDeps {
  readonly bus: Bus;
  readonly run: RunWork;
  readonly logger: Logger;
  readonly onTaken: (anomaly: Anomaly, disposition: Disposition) => void;
  readonly onMalformed: () => void;
}

/** Consumes `belay.anomalies.v1`. Effects before commit, ids make repeats harmless; with the database away the batch is tried again. */
export function consumeAnomalies(deps: AnomalyConsumerDeps): Promise<Consumer> {
  return deps.bus.consume({
    group: 'belay-control',
    topics: [TOPICS.anomalies],
    startFrom: 'earliest',
    handler: {
      onBatch: async (batch) => {
        for (const message of batch.messages) await take(deps, message);
      },
    },
  });
}

async function take(deps: AnomalyConsumerDeps, message: LogMessage): Promise<void> {
  if (message.value === undefined) return;
  const decoded = decodeAnomaly(new TextDecoder().decode(message.value));
  if ('malformed' in decoded || !isTenant(decoded.value.tenant) || !isAgentId(decoded.value.agentId)) {
    deps.onMalformed();
    deps.logger.warn(
      {
        position: `${message.partition}:${message.offset}`,
        problem: 'malformed' in decoded ? decoded.malformed : 'no such tenant or agent id can be',
      },
      'An anomaly on the log could not be read and was passed over.',
    );
    return;
  }
  const disposition = await deps.run((work) => takeAnomaly(work, decoded.value));
  deps.onTaken(decoded.value, disposition);
}
