import { type Agent, createAgent, type StopRecord } from '@belay/instrumentation';
import type { Clock } from '@belay/protocol';
import type { Logger } from 'pino';
import { messageOf } from '../cli-error.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';
import { holdsSchema, readAnswer } from '../client/platform-views.ts';
import { CANARY_AGENT } from './canary-agent.ts';
import { canaryMetrics } from './canary-metrics.ts';
import { type CanaryStatus, type CanaryTrip, createCanaryRecord } from './canary-record.ts';
import { createStopWaiter, type StopWaiter } from './stop-waiter.ts';

const CANARY_TOOL = 'belay.canary';

export interface CanaryOptions {
  readonly collector: string;
  readonly control: string;
  /** Agent token for `belay-canary*`. */
  readonly token: string;
  /** With it the canary releases its own hold: an agent cannot. */
  readonly operatorToken: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
  /** Time between trips. Default 30,000. */
  readonly intervalMs?: number;
  /** A trip that takes longer is a broken loop. Default 10,000. */
  readonly timeoutMs?: number;
}

export interface Canary {
  status(): CanaryStatus;
  /** Prometheus text. */
  metrics(): string;
  /** One trip now. Resolves when it has come back, or failed. */
  fly(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Sends a decision through the whole loop all the time: agent → collector → log → detector → control → agent, as any agent would, in a
 * session of its own that is paused and released each time. When it does not come back, the loop is broken, and that is logged as an error.
 */
export function startCanary(options: CanaryOptions): Canary {
  const { clock, logger } = options;
  const record = createCanaryRecord();
  const stops = createStopWaiter();
  const agent = createAgent({
    id: CANARY_AGENT,
    name: 'belay canary',
    endpoint: options.collector,
    controlEndpoint: options.control,
    token: options.token,
    environment: 'belay',
    // A canary that somebody has held must say that it cannot fly, not wait.
    whenPaused: 'refuse',
  });
  const stopListening = agent.onControl((notice: StopRecord) => stops.take(notice));
  const trip = tripOf(agent, stops, options);
  const client = createOperatorClient({
    control: options.control,
    collector: options.collector,
    token: options.operatorToken,
    platform: undefined,
  });
  const release = async (holdId: string, reason: string): Promise<void> => {
    await client.delete(`/v1/agents/${CANARY_AGENT}/holds/${encodeURIComponent(holdId)}`, { reason });
  };
  const fly = async (): Promise<void> => {
    const sessionId = `canary-${options.newId()}`;
    try {
      const { holdId, ...result } = await trip(sessionId);
      record.arrived(result);
      await release(holdId, 'the canary has been measured');
    } catch (error) {
      const isNew = record.failed(messageOf(error), clock.nowUs());
      logger[isNew ? 'error' : 'warn']({ problem: messageOf(error) }, 'canary: the loop from decision to confirmed pause is broken');
    }
  };
  const loop = every(options.intervalMs ?? 30_000, fly, () => releaseLeftovers(client, release, logger));
  return {
    status: record.status,
    metrics: () => canaryMetrics(record.status()),
    fly,
    stop: async () => {
      stopListening();
      await loop.stop();
      await agent.shutdown();
    },
  };
}

function tripOf(
  agent: Agent,
  stops: StopWaiter,
  { clock, timeoutMs = 10_000 }: CanaryOptions,
): (sessionId: string) => Promise<CanaryTrip & { holdId: string }> {
  const sing = agent.tool({ name: CANARY_TOOL, effect: 'read', run: async (input: { session: string }) => ({ heard: input.session }) });
  return async (sessionId) => {
    const sung = agent.session({ id: sessionId }, async () => {
      await sing({ session: sessionId }, { intent: 'Call belay.canary to measure the loop.' });
      return clock.nowUs();
    });
    // Both are awaited from the start: a time-out while the song is not over would end the process as an unhandled rejection.
    const [startUs, { holdId, heldUs, appliedUs, confirmedUs }] = await Promise.all([sung, stops.waitFor(sessionId, timeoutMs)]);
    return { atUs: startUs, holdId, heldUs: heldUs - startUs, appliedUs: appliedUs - startUs, confirmedUs: confirmedUs - startUs };
  };
}

/** Holds of trips that a killed platform did not finish. They stop nothing that lives, but an operator would wonder. */
async function releaseLeftovers(
  client: OperatorClient,
  release: (holdId: string, reason: string) => Promise<void>,
  logger: Logger,
): Promise<void> {
  try {
    const answer = await client.get(`/v1/holds?${new URLSearchParams({ agentId: CANARY_AGENT, limit: '100' })}`);
    for (const { id } of readAnswer(holdsSchema, answer, 'holds').holds) await release(id, 'left by a canary that was interrupted');
  } catch (error) {
    logger.warn({ problem: messageOf(error) }, 'canary: holds of earlier trips could not be released');
  }
}

/** Runs `first`, then `task` and again `intervalMs` after each end, so that trips never overlap. */
function every(intervalMs: number, task: () => Promise<void>, first: () => Promise<void>): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const run = (): Promise<void> =>
    task().finally(() => {
      if (isStopped) return;
      timer = setTimeout(() => {
        running = run();
      }, intervalMs);
    });
  let running = first().then(() => (isStopped ? undefined : run()));
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
