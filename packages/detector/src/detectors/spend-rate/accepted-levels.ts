import type { InputRecord, Json } from '@belay/protocol';
import { RecentMap } from '../recent-map.ts';

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

/** Levels that alarmed and are remembered until a person judges them, and levels that a person called expected. */
const LEVELS_MAX = 32;

/** What alarmed: the trailing sum of a window, or a whole run. */
interface Level {
  /** `10`, `60`, `300` for a window of so many seconds; `run`. */
  readonly of: string;
  /** Nano-USD. */
  readonly spent: number;
  readonly calls: number;
}

/** What a person says of an anomaly of `spend_rate` changes what is usual: the level that alarmed is part of the habit until that is withdrawn. */
export class AcceptedLevels {
  /** Highest level that alarmed, by rule and cause. */
  readonly #alarmed = new RecentMap<string, Level>(LEVELS_MAX);
  /** By anomaly. */
  readonly #accepted = new RecentMap<string, Level>(LEVELS_MAX);

  alarmed(rule: string, cause: string, level: Level): void {
    const key = `${rule}|${cause}`;
    const before = this.#alarmed.get(key);
    const most = { ...level, spent: Math.max(level.spent, before?.spent ?? 0), calls: Math.max(level.calls, before?.calls ?? 0) };
    this.#alarmed.put(key, most);
  }

  take({ anomalyId, rule, cause, verdict, change }: Feedback): void {
    const level = this.#alarmed.get(`${rule}|${cause}`);
    if (change === 'withdrawn' || verdict !== 'expected') this.#accepted.delete(anomalyId);
    else if (level !== undefined) this.#accepted.put(anomalyId, level);
  }

  /** The highest accepted level of a window or of runs, in the unit of `by`; 0 = none. */
  of(what: string, by: 'cost' | 'count'): number {
    let most = 0;
    for (const level of this.#accepted.values()) if (level.of === what) most = Math.max(most, by === 'cost' ? level.spent : level.calls);
    return most;
  }

  snapshot(): Json {
    const rows = (levels: RecentMap<string, Level>) => levels.entries().map(([key, { of, spent, calls }]) => [key, of, spent, calls]);
    return [rows(this.#alarmed), rows(this.#accepted)];
  }

  restore([alarmed = [], accepted = []]: readonly LevelRows[]): void {
    this.#alarmed.replace(levelsOf(alarmed));
    this.#accepted.replace(levelsOf(accepted));
  }
}

export type LevelRows = readonly (readonly (string | number)[])[];

const levelsOf = (rows: LevelRows): [string, Level][] =>
  rows.map(([key, of, spent, calls]) => [String(key), { of: String(of), spent: Number(spent), calls: Number(calls) }]);
