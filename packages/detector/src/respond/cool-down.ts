import { type DetectorMode, type Json, type Response, type Severity, vocabulary } from '@belay/protocol';
import { RecentMap } from '../detectors/recent-map.ts';

/** Causes remembered per agent; beyond it the least recently seen is forgotten. */
const CAUSES_MAX = 64;
const RANK: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };
const SEVERITIES: readonly Severity[] = ['info', 'warning', 'critical'];
const MODES: readonly DetectorMode[] = vocabulary.DETECTOR_MODES;
const STRENGTH: Record<Response, number> = { none: 0, notify: 1, pause: 2, kill: 3 };

interface Cause {
  firstId: string;
  /** Event time of the last finding that was not a silent repeat. */
  toldUs: number;
  /** The worst, and the highest mode that a finding could act in, since it was first told or its last cool-down was over. */
  severity: Severity;
  mode: DetectorMode;
  repeats: number;
  /** The strongest answer given so far. Differs between deliveries (staleness), so it may change a response, never what is published. */
  answered: Response;
}

/** A finding of a cause, and the mode that it has. `atUs` is event time. */
interface Telling {
  readonly id: string;
  readonly severity: Severity;
  readonly mode: DetectorMode;
  readonly atUs: number;
}

export interface Admission {
  /** False: a repeat that is only counted. */
  readonly publish: boolean;
  /** A recorded repeat within the cool-down. */
  readonly isRepeat: boolean;
  readonly groupId?: string;
  readonly answered: Response;
}

/**
 * Groups repeats of a cause under its first anomaly. Told in full: the first, a worse severity, the first in a higher mode (what was recorded
 * only may act from now on), and the first after the cool-down. An agent whose mode goes up and down, because of what it says of itself, is
 * told of each mode once in a cool-down.
 * Between, only repeats number 1, 4, 16, 64 … are recorded: a story of n repeats costs log n records, and which ones does not depend on any wall clock.
 */
export class CoolDown {
  readonly #coolDownUs: number;
  readonly #causes = new RecentMap<string, Cause>(CAUSES_MAX);

  constructor(coolDownUs: number) {
    this.#coolDownUs = coolDownUs;
  }

  admit(key: string, telling: Telling): Admission {
    const { severity, atUs } = telling;
    const mode = actingMode(telling);
    const cause = this.#causes.get(key);
    if (cause === undefined) return this.#begin(key, { ...telling, mode });
    this.#causes.put(key, cause);
    const isOver = atUs - cause.toldUs >= this.#coolDownUs;
    const isWorse = RANK[severity] > RANK[cause.severity];
    const isRaised = MODES.indexOf(mode) > MODES.indexOf(cause.mode);
    if (isOver || isWorse || isRaised) {
      Object.assign(cause, { toldUs: atUs, repeats: 0 });
      if (isOver || isWorse) cause.severity = severity;
      if (isOver || isRaised) cause.mode = mode;
      return { publish: true, isRepeat: false, groupId: cause.firstId, answered: cause.answered };
    }
    cause.repeats++;
    return { publish: isPowerOfFour(cause.repeats), isRepeat: true, groupId: cause.firstId, answered: cause.answered };
  }

  #begin(key: string, { id, severity, mode, atUs }: Telling): Admission {
    this.#causes.put(key, { firstId: id, toldUs: atUs, severity, mode, repeats: 0, answered: 'none' });
    return { publish: true, isRepeat: false, answered: 'none' };
  }

  /** Remembers the answer a published anomaly got. */
  answered(key: string, response: Response): void {
    const cause = this.#causes.get(key);
    if (cause !== undefined && STRENGTH[response] > STRENGTH[cause.answered]) cause.answered = response;
  }

  /** A hold was lifted: every cause may be answered again at once. */
  rearm(): void {
    for (const cause of this.#causes.values()) Object.assign(cause, { toldUs: Number.MIN_SAFE_INTEGER, answered: 'none' });
  }

  snapshot(): Json {
    return this.#causes
      .entries()
      .map(([key, c]) => [key, c.firstId, c.toldUs, RANK[c.severity], c.repeats, STRENGTH[c.answered], MODES.indexOf(c.mode)]);
  }

  restore(state: Json): void {
    this.#causes.replace([]);
    if (!Array.isArray(state)) return;
    for (const row of state) {
      if (!Array.isArray(row)) continue;
      const [key, firstId, toldUs, severity, repeats, answered, mode] = row;
      const response = (['none', 'notify', 'pause', 'kill'] as const)[Number(answered)] ?? 'none';
      this.#causes.put(String(key), {
        firstId: String(firstId),
        toldUs: Number(toldUs),
        severity: SEVERITIES[Number(severity)] ?? 'info',
        // One of an earlier version says no mode: nothing is then known to be higher.
        mode: MODES[Number(mode)] ?? 'enforce',
        repeats: Number(repeats),
        answered: response,
      });
    }
  }
}

/** `info` notifies at most (respond.ts): one that is told in enforce must not make a repeat of the first that could pause. */
const actingMode = ({ severity, mode }: Telling): DetectorMode => (severity === 'info' && mode === 'enforce' ? 'warn' : mode);

const isPowerOfFour = (n: number): boolean => Math.log2(n) % 2 === 0;

/** True when answering now would be stronger than what the cause has got: a stale or breaker-bound first answer is made good. */
export const isStronger = (response: Response, answered: Response): boolean => STRENGTH[response] > STRENGTH[answered];
