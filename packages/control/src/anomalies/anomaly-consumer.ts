import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, type Consumer, deadLetter, type LogMessage } from '@belay/bus';
import { type Anomaly, decodeAnomaly, isAgentId, isBelayError, isTenant, TOPICS } from '@belay/protocol';
import type { RunWork } from '../ledger/work.ts';
import type { Logger } from '../logger.ts';
import { type Disposition, takeAnomaly } from './take-anomaly.ts';

const RESTART_MS = 1_000;

export interface AnomalyConsumerDeps {
  readonly bus: Bus;
  readonly run: RunWork;
  readonly logger: Logger;
  readonly onTaken: (anomaly: Anomaly, disposition: Disposition) => void;
  readonly onBuried: () => void;
  readonly nowUs: () => number;
}

/**
 * Consumes `belay.anomalies.v1` until stopped. Effects before commit, ids make repeats harmless; with the database away the batch is tried
 * again; when the consumer ends by itself it is started again, and the log says so.
 */
export async function consumeAnomalies(deps: AnomalyConsumerDeps): Promise<{ stop(): Promise<void> }> {
  const stopped = new AbortController();
  let consumer = await start(deps);
  const keep = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const failure = await consumer.stopped.then(() => undefined, String);
      if (stopped.signal.aborted) return;
      deps.logger.error({ error: failure }, 'Control stopped reading anomalies; it starts again in a second.');
      await sleep(RESTART_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (!stopped.signal.aborted) consumer = await start(deps).catch(() => consumer);
      if (stopped.signal.aborted) await consumer.stop();
    }
  };
  const kept = keep();
  return {
    stop: async () => {
      stopped.abort();
      await consumer.stop();
      await kept;
    },
  };
}

function start(deps: AnomalyConsumerDeps): Promise<Consumer> {
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
  if ('malformed' in decoded) return bury(deps, message, message.value, decoded.malformed);
  const anomaly = decoded.value;
  if (!isTenant(anomaly.tenant) || !isAgentId(anomaly.agentId))
    return bury(deps, message, message.value, 'no such tenant or agent id can be');
  try {
    const disposition = await deps.run((work) => takeAnomaly(work, anomaly));
    deps.onTaken(anomaly, disposition);
  } catch (error) {
    if (isBelayError(error) && error.retryable) throw error;
    await bury(deps, message, message.value, `control could not take it: ${String(isBelayError(error) ? (error.cause ?? error) : error)}`);
  }
}

/** One anomaly that cannot be taken goes to the dead letters: it must not keep those after it from holding their agents. */
async function bury(deps: AnomalyConsumerDeps, message: LogMessage, bytes: Uint8Array, reason: string): Promise<void> {
  deps.onBuried();
  deps.logger.error(
    { position: `${message.partition}:${message.offset}`, reason },
    'An anomaly could not be taken; it is in the dead letters.',
  );
  await deps.bus.publisher.publish([deadLetter(message, 0, bytes, { reason, timestampUs: deps.nowUs() })]);
}
