import type { Anomaly, DecisionEvent, InputRecord } from '@belay/protocol';
import { fleetKeysOf } from '../detectors/novel-endpoint/fleet-keys.ts';
import { boundaryBefore, SETTLE_US, TAINT_US } from './fleet-schedule.ts';
import { FleetUsage } from './fleet-usage.ts';
import { isFlag } from './is-flag.ts';
import { priorRecords } from './prior-records.ts';

interface Waiting {
  readonly event: DecisionEvent;
  readonly keys: readonly string[];
  readonly isFlagged: boolean;
}

const NOTHING: readonly InputRecord[] = [];

/**
 * Fleet priors in a backtest: what the scheduled job of the platform would have published, at the same boundaries of received time, from
 * the past of the stream alone.
 */
export class BacktestPriors {
  readonly #periodSeconds: number;
  readonly #usage = new FleetUsage();
  /** Session → when it was flagged last, oldest first. */
  readonly #flagged = new Map<string, number>();
  #waiting: Waiting[] = [];
  #boundaryUs = Number.NEGATIVE_INFINITY;

  /** @param periodSeconds 0 = never. */
  constructor(periodSeconds: number) {
    this.#periodSeconds = periodSeconds;
  }

  /** The priors due before this decision; none while its boundary has been served. */
  due({ receivedUs }: DecisionEvent): readonly InputRecord[] {
    if (this.#periodSeconds === 0) return NOTHING;
    const boundaryUs = boundaryBefore(receivedUs, this.#periodSeconds);
    if (boundaryUs <= this.#boundaryUs) return NOTHING;
    this.#fold(boundaryUs - SETTLE_US);
    this.#forget(boundaryUs);
    this.#boundaryUs = boundaryUs;
    return this.#usage.changed().flatMap((keys) => priorRecords(keys, boundaryUs));
  }

  /** A decision that was judged, and what was found. */
  take(event: DecisionEvent, found: readonly Anomaly[]): void {
    if (this.#periodSeconds === 0) return;
    const flags = found.filter((anomaly) => anomaly.triggerDecisionId !== undefined && isFlag(anomaly));
    for (const { sessionId } of flags) if (sessionId !== undefined) this.#flag(sessionOf(event, sessionId), event.receivedUs);
    const keys = event.agent.name === undefined ? [] : fleetKeysOf(event);
    if (keys.length > 0)
      this.#waiting.push({ event, keys, isFlagged: flags.some(({ triggerDecisionId }) => triggerDecisionId === event.id) });
  }

  #flag(session: string, atUs: number): void {
    this.#flagged.delete(session);
    this.#flagged.set(session, atUs);
  }

  #fold(untilUs: number): void {
    const rest: Waiting[] = [];
    for (const one of this.#waiting) {
      const { event, keys, isFlagged } = one;
      if (event.receivedUs > untilUs) rest.push(one);
      else if (isFlagged || event.sessionId === undefined || !this.#flagged.has(sessionOf(event, event.sessionId)))
        this.#usage.take({ tenant: event.tenant, agentName: event.agent.name ?? '', agentId: event.agent.id, keys, isFlagged });
    }
    this.#waiting = rest;
  }

  #forget(boundaryUs: number): void {
    for (const [session, atUs] of this.#flagged) {
      if (atUs >= boundaryUs - TAINT_US) return;
      this.#flagged.delete(session);
    }
  }
}

const sessionOf = ({ tenant, agent }: DecisionEvent, sessionId: string): string => JSON.stringify([tenant, agent.id, sessionId]);
