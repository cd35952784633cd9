import type { Anomaly, DecisionEvent, InputRecord } from '@belay/protocol';
import { fleetKeysOf } from '../detectors/novel-endpoint/fleet-keys.ts';
import { boundaryBefore, SETTLE_US } from './fleet-schedule.ts';
import { FleetUsage } from './fleet-usage.ts';
import { isFlag } from './is-flag.ts';
import { priorRecords } from './prior-records.ts';

/** Flagged sessions that are remembered; the oldest beyond it are forgotten. */
const SESSIONS_MAX = 100_000;

interface Waiting {
  readonly event: DecisionEvent;
  readonly keys: readonly string[];
  isFlagged: boolean;
}

/**
 * Fleet priors in a backtest: what the scheduled job of the platform would have published, at the same boundaries of received time, from
 * the past of the stream alone.
 */
export class BacktestPriors {
  readonly #periodSeconds: number;
  readonly #usage = new FleetUsage();
  readonly #flaggedSessions = new Set<string>();
  #waiting: Waiting[] = [];
  #boundaryUs = Number.NEGATIVE_INFINITY;

  /** @param periodSeconds 0 = never. */
  constructor(periodSeconds: number) {
    this.#periodSeconds = periodSeconds;
  }

  /** The priors due before this decision; none while its boundary has been served. */
  due({ receivedUs }: DecisionEvent): readonly InputRecord[] {
    if (this.#periodSeconds === 0) return [];
    const boundaryUs = boundaryBefore(receivedUs, this.#periodSeconds);
    if (boundaryUs <= this.#boundaryUs) return [];
    this.#boundaryUs = boundaryUs;
    this.#fold(boundaryUs - SETTLE_US);
    return this.#usage.keys().flatMap((keys) => priorRecords(keys, { detector: 'novel_endpoint', boundaryUs }));
  }

  /** A decision that was judged, and what was found. */
  take(event: DecisionEvent, found: readonly Anomaly[]): void {
    if (this.#periodSeconds === 0) return;
    const keys = fleetKeysOf(event);
    const isFlagged = found.some((anomaly) => anomaly.triggerDecisionId === event.id && isFlag(anomaly));
    if (isFlagged) this.#flag(sessionOf(event));
    if (event.agent.name !== undefined && keys.length > 0) this.#waiting.push({ event, keys, isFlagged });
  }

  #flag(session: string): void {
    this.#flaggedSessions.add(session);
    if (this.#flaggedSessions.size > SESSIONS_MAX) this.#flaggedSessions.delete(this.#flaggedSessions.values().next().value as string);
  }

  #fold(untilUs: number): void {
    const isDue = ({ event }: Waiting): boolean => event.receivedUs <= untilUs;
    for (const { event, keys, isFlagged } of this.#waiting.filter(isDue)) {
      if (!isFlagged && this.#flaggedSessions.has(sessionOf(event))) continue;
      this.#usage.take({ tenant: event.tenant, agentName: event.agent.name ?? '', agentId: event.agent.id, keys, isFlagged });
    }
    this.#waiting = this.#waiting.filter((one) => !isDue(one));
  }
}

/** Of a flagged session nothing else counts either; a decision without one stands for itself. */
const sessionOf = ({ tenant, agent, sessionId, id }: DecisionEvent): string => JSON.stringify([tenant, agent.id, sessionId ?? id]);
