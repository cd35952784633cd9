import type { InputRecord, Json } from '@belay/protocol';
import { RecentMap } from '../recent-map.ts';

type Feedback = Extract<InputRecord, { record: 'feedback' }>;

const PATTERNS_MAX = 64;

/** What repeats in a finding: calls, or one tool whatever its arguments (0 = none). Fingerprints. */
interface Pattern {
  readonly calls: readonly number[];
  readonly tool: number;
}

/** What a person called expected, or no loop: these calls of this agent may repeat, as polls may, up to the absolute cap, until that is withdrawn. */
export class AllowedCalls {
  /** What was found last, by cause: feedback names a cause. */
  readonly #found = new RecentMap<string, Pattern>(PATTERNS_MAX);
  /** By anomaly. */
  readonly #allowed = new RecentMap<string, Pattern>(PATTERNS_MAX);

  found(cause: string, pattern: Pattern): void {
    if (pattern.calls.length === 0 && pattern.tool === 0) return;
    this.#found.put(cause, pattern);
  }

  take({ anomalyId, cause, verdict, change }: Feedback): void {
    const pattern = cause === undefined ? undefined : this.#found.get(cause);
    this.#allowed.delete(anomalyId);
    if (pattern !== undefined && change === 'given' && verdict !== 'true_positive') this.#allowed.put(anomalyId, pattern);
  }

  hasCall(call: number): boolean {
    if (this.#allowed.size === 0 || call === 0) return false;
    for (const { calls } of this.#allowed.values()) if (calls.includes(call)) return true;
    return false;
  }

  hasTool(tool: number): boolean {
    if (this.#allowed.size === 0) return false;
    for (const pattern of this.#allowed.values()) if (pattern.tool === tool) return true;
    return false;
  }

  snapshot(): Json {
    const rows = (patterns: RecentMap<string, Pattern>) => patterns.entries().map(([key, { calls, tool }]) => [key, tool, ...calls]);
    return [rows(this.#found), rows(this.#allowed)];
  }

  restore(state: unknown): void {
    const [found, allowed] = Array.isArray(state) ? state : [];
    this.#found.replace(patternsOf(found));
    this.#allowed.replace(patternsOf(allowed));
  }
}

function patternsOf(rows: unknown): [string, Pattern][] {
  const lists = Array.isArray(rows) ? rows.filter((row): row is unknown[] => Array.isArray(row)) : [];
  return lists.map(([key, tool, ...calls]) => [String(key), { tool: Number(tool), calls: calls.map(Number) }]);
}
