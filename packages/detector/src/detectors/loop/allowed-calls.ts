import type { InputRecord, Json } from '@belay/protocol';

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
  #found = new Map<string, Pattern>();
  /** By anomaly. */
  #allowed = new Map<string, Pattern>();

  found(cause: string, pattern: Pattern): void {
    if (pattern.calls.length === 0 && pattern.tool === 0) return;
    this.#found.delete(cause);
    this.#found.set(cause, pattern);
    forgetOldest(this.#found);
  }

  take({ anomalyId, cause, verdict, change }: Feedback): void {
    const pattern = cause === undefined ? undefined : this.#found.get(cause);
    this.#allowed.delete(anomalyId);
    if (pattern !== undefined && change === 'given' && verdict !== 'true_positive') this.#allowed.set(anomalyId, pattern);
    forgetOldest(this.#allowed);
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
    const rows = (patterns: Map<string, Pattern>) => [...patterns].map(([key, { calls, tool }]) => [key, tool, ...calls]);
    return [rows(this.#found), rows(this.#allowed)];
  }

  restore(state: unknown): void {
    const [found, allowed] = Array.isArray(state) ? state : [];
    this.#found = patternsOf(found);
    this.#allowed = patternsOf(allowed);
  }
}

function patternsOf(rows: unknown): Map<string, Pattern> {
  const lists = Array.isArray(rows) ? rows.filter((row): row is unknown[] => Array.isArray(row)) : [];
  return new Map(lists.map(([key, tool, ...calls]) => [String(key), { tool: Number(tool), calls: calls.map(Number) }]));
}

function forgetOldest(map: Map<string, Pattern>): void {
  const oldest = map.keys().next().value;
  if (map.size > PATTERNS_MAX && oldest !== undefined) map.delete(oldest);
}
