import type { DecisionEvent, Json } from '@belay/protocol';
import { bootstrapQuantile } from '../../stats/bootstrap.ts';
import { jensenShannonDistance } from '../../stats/jensen-shannon.ts';
import type { DecisionFacts } from './task-tally.ts';

/** Actions told apart; the rest share a row. */
const ROWS_MAX = 32;
const OTHER = '(other)';
const NAME_MAX = 128;
/** Decisions of the reference, after which it is frozen. */
const REFERENCE_DECISIONS = 200;
/** When the window holds more, every decision in it counts half: about the last hundred. */
const WINDOW_DECISIONS = 150;
/** From this distance on the mix is marked, or from where a hundred decisions of the reference itself rarely come (99th percentile). */
const MIX_LIMIT = 0.2;
const RESAMPLING = { samples: 200, size: 100, quantile: 0.99, seed: 1 } as const;
/** Decisions of one action on both sides before its success is compared. */
const LEAST = 5;

/** Succeeded, failed, refused. */
type Outcomes = [ok: number, failed: number, refused: number];

interface ActionRow {
  readonly effect: string;
  reference: Outcomes;
  window: Outcomes;
}

/** An action's share of successes now and in the reference. */
export interface ActionReading {
  /** `effect:tool`. */
  readonly action: string;
  readonly now: number;
  readonly usual: number | undefined;
  /** How far success has fallen, in standard errors of the difference. */
  readonly fall: number;
  readonly samples: number;
}

/** What an agent does, and how that ends: tool × effect × outcome, a frozen reference beside about the last hundred decisions. Bounded. */
export class ActionTable {
  #rows = new Map<string, ActionRow>();
  #referenceTotal = 0;
  #windowTotal = 0;
  #limit: number | undefined;

  get isLearning(): boolean {
    return this.#referenceTotal < REFERENCE_DECISIONS;
  }

  observe(event: DecisionEvent, what: DecisionFacts): void {
    this.#rowOf(event).window[columnOf(what)]++;
    if (++this.#windowTotal > WINDOW_DECISIONS) this.#fade();
  }

  learn(event: DecisionEvent, what: DecisionFacts): void {
    if (!this.isLearning) return;
    this.#rowOf(event).reference[columnOf(what)]++;
    this.#referenceTotal++;
    this.#limit = undefined;
  }

  /** What is done now is normal from now on. */
  settle(): void {
    for (const row of this.#rows.values()) row.reference = [...row.window];
    this.#referenceTotal = Math.max(REFERENCE_DECISIONS, this.#windowTotal);
    this.#limit = undefined;
  }

  /** Jensen–Shannon distance of the two; undefined while either is too small. */
  distance(): number | undefined {
    if (this.isLearning || this.#windowTotal < WINDOW_DECISIONS / 2) return undefined;
    const rows = [...this.#rows.values()];
    return jensenShannonDistance(
      rows.flatMap(({ reference }) => reference),
      rows.flatMap(({ window }) => window),
    );
  }

  /** The distance that is marked. Made when it is first asked for: most agents never come near it. */
  limit(): number {
    if (this.#limit !== undefined) return this.#limit;
    const reference = [...this.#rows.values()].flatMap((row) => row.reference);
    const chance = bootstrapQuantile(reference, (sample) => jensenShannonDistance(reference, sample), RESAMPLING);
    this.#limit = Math.max(MIX_LIMIT, chance);
    return this.#limit;
  }

  /** Share of decisions that failed, now and in the reference. */
  errors(): { readonly now: number; readonly usual: number; readonly samples: number } {
    let [failed, usualFailed] = [0, 0];
    for (const { reference, window } of this.#rows.values()) {
      failed += window[1];
      usualFailed += reference[1];
    }
    return {
      now: failed / Math.max(1, this.#windowTotal),
      usual: usualFailed / Math.max(1, this.#referenceTotal),
      samples: Math.round(this.#windowTotal),
    };
  }

  /** The most used actions, most used first. */
  readings(most: number): readonly ActionReading[] {
    return [...this.#rows]
      .map(([name, row]) => readingOf(name, row))
      .filter(({ samples }) => samples > 0)
      .sort((a, b) => b.samples - a.samples)
      .slice(0, most);
  }

  /** The action whose success fell most, as words; '' when none has clearly. */
  mostChanged(): string {
    const [worst] = [...this.readings(ROWS_MAX)].sort((a, b) => b.fall - a.fall);
    if (worst?.usual === undefined || worst.fall < 2) return '';
    return `${worst.action}, success ${percent(worst.usual)} → ${percent(worst.now)}`;
  }

  /** The references alone, to be given back by {@link ActionTable.begin}. */
  reference(): Json {
    return [this.#referenceTotal, ...[...this.#rows].map(([name, { reference }]) => [name, ...reference])];
  }

  begin([total = 0, ...rows]: readonly unknown[]): void {
    this.#referenceTotal = Number(total);
    this.#limit = undefined;
    for (const row of this.#rows.values()) row.reference = [0, 0, 0];
    for (const [name, ok, failed, refused] of rows as [string, number, number, number][]) {
      const row = this.#rows.get(name);
      if (row !== undefined) row.reference = [ok, failed, refused];
    }
  }

  snapshot(): Json {
    const rows = [...this.#rows].map(([name, { effect, reference, window }]) => [name, effect, ...reference, ...window]);
    return [this.#referenceTotal, this.#windowTotal, ...rows];
  }

  restore([referenceTotal = 0, windowTotal = 0, ...rows]: readonly unknown[]): void {
    this.#referenceTotal = Number(referenceTotal);
    this.#windowTotal = Number(windowTotal);
    this.#rows = new Map(
      (rows as [string, string, ...number[]][]).map(([name, effect, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]) => [
        name,
        { effect, reference: [a, b, c], window: [d, e, f] },
      ]),
    );
  }

  #rowOf({ call, kind }: DecisionEvent): ActionRow {
    const name = call?.name ?? kind;
    const known = this.#rows.get(name) ?? (name.length > NAME_MAX ? this.#rows.get(name.slice(0, NAME_MAX)) : undefined);
    if (known !== undefined) return known;
    const isFull = this.#rows.size >= ROWS_MAX;
    const key = isFull ? OTHER : name.slice(0, NAME_MAX);
    const row: ActionRow = this.#rows.get(key) ?? {
      effect: isFull ? 'any' : (call?.effect ?? 'any'),
      reference: [0, 0, 0],
      window: [0, 0, 0],
    };
    this.#rows.set(key, row);
    return row;
  }

  #fade(): void {
    this.#windowTotal /= 2;
    for (const { window } of this.#rows.values()) for (const at of [0, 1, 2] as const) window[at] /= 2;
  }
}

const columnOf = ({ isError, isRefused, isRejected, failsCheck }: DecisionFacts): 0 | 1 | 2 =>
  isRefused || isRejected ? 2 : isError || failsCheck ? 1 : 0;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const sum = ([ok, failed, refused]: Outcomes): number => ok + failed + refused;

function readingOf(name: string, { effect, reference, window }: ActionRow): ActionReading {
  const [known, seen] = [sum(reference), sum(window)];
  const now = seen === 0 ? 1 : window[0] / seen;
  const usual = known < LEAST ? undefined : reference[0] / known;
  return { action: `${effect}:${name}`, now, usual, fall: fallOf(usual, now, known, seen), samples: Math.round(seen) };
}

/** Two-proportion z with a pooled estimate, half an observation added to each side so that certainty of few is not infinite. */
function fallOf(usual: number | undefined, now: number, known: number, seen: number): number {
  if (usual === undefined || seen < LEAST) return 0;
  const pooled = (usual * known + now * seen + 1) / (known + seen + 2);
  return (usual - now) / Math.sqrt(pooled * (1 - pooled) * (1 / known + 1 / seen));
}
