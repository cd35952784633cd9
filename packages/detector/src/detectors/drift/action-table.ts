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
/** An action outside of the reference with so little left in the window is forgotten. */
const FORGOTTEN = 0.2;
/** Decisions of one action on both sides before its success is compared. */
const LEAST = 5;

/** Succeeded, failed, refused. */
type Outcomes = readonly [ok: number, failed: number, refused: number];

/** Of each action: outcomes of the reference, then of the window. */
const REFERENCE = 0;
const WINDOW = 3;
const COLUMNS = 6;

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
  /** Row of each action. */
  #rows = new Map<string, number>();
  #effects: string[] = [];
  /** {@link COLUMNS} of each row, side by side: a tenth of the memory of an object and two lists each. */
  #counts: number[] = [];
  #referenceTotal = 0;
  #windowTotal = 0;
  #limit: number | undefined;

  get isLearning(): boolean {
    return this.#referenceTotal < REFERENCE_DECISIONS;
  }

  observe(event: DecisionEvent, what: DecisionFacts): void {
    this.#count(event, WINDOW + columnOf(what));
    if (++this.#windowTotal > WINDOW_DECISIONS) this.#fade();
  }

  learn(event: DecisionEvent, what: DecisionFacts): void {
    if (!this.isLearning) return;
    this.#count(event, REFERENCE + columnOf(what));
    this.#referenceTotal++;
    this.#limit = undefined;
  }

  /** What is done now is normal from now on. */
  settle(): void {
    this.#each((row) => this.#setReference(row, this.#outcomes(row, WINDOW)));
    this.#referenceTotal = Math.max(REFERENCE_DECISIONS, this.#windowTotal);
    this.#limit = undefined;
  }

  /** Jensen–Shannon distance of the two; undefined while either is too small. */
  distance(): number | undefined {
    if (this.isLearning || this.#windowTotal < WINDOW_DECISIONS / 2) return undefined;
    return jensenShannonDistance(this.#all(REFERENCE), this.#all(WINDOW));
  }

  /** The distance that is marked. Made when it is first asked for: most agents never come near it. */
  limit(): number {
    if (this.#limit !== undefined) return this.#limit;
    const reference = this.#all(REFERENCE);
    const chance = bootstrapQuantile(reference, (sample) => jensenShannonDistance(reference, sample), RESAMPLING);
    this.#limit = Math.max(MIX_LIMIT, chance);
    return this.#limit;
  }

  /** Share of decisions that failed, now and in the reference. */
  errors(): { readonly now: number; readonly usual: number; readonly samples: number } {
    let [failed, usualFailed] = [0, 0];
    this.#each((row) => {
      failed += this.#outcomes(row, WINDOW)[1];
      usualFailed += this.#outcomes(row, REFERENCE)[1];
    });
    return {
      now: failed / Math.max(1, this.#windowTotal),
      usual: usualFailed / Math.max(1, this.#referenceTotal),
      samples: Math.round(this.#windowTotal),
    };
  }

  /** The most used actions, most used first. */
  readings(most: number): readonly ActionReading[] {
    return [...this.#rows]
      .map(([name, row]) => readingOf(`${this.#effects[row]}:${name}`, this.#outcomes(row, REFERENCE), this.#outcomes(row, WINDOW)))
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
    return [this.#referenceTotal, ...[...this.#rows].map(([name, row]) => [name, ...this.#outcomes(row, REFERENCE)])];
  }

  begin([total = 0, ...rows]: readonly unknown[]): void {
    this.#referenceTotal = Number(total);
    this.#limit = undefined;
    this.#each((row) => this.#setReference(row, [0, 0, 0]));
    for (const [name, ok, failed, refused] of rows as [string, number, number, number][]) {
      const row = this.#rows.get(name);
      if (row !== undefined) this.#setReference(row, [ok, failed, refused]);
    }
  }

  snapshot(): Json {
    const rows = [...this.#rows].map(([name, row]) => [
      name,
      this.#effects[row] ?? '',
      ...this.#outcomes(row, REFERENCE),
      ...this.#outcomes(row, WINDOW),
    ]);
    return [this.#referenceTotal, this.#windowTotal, ...rows];
  }

  restore([referenceTotal = 0, windowTotal = 0, ...rows]: readonly unknown[]): void {
    this.#referenceTotal = Number(referenceTotal);
    this.#windowTotal = Number(windowTotal);
    this.#rows = new Map();
    this.#effects = [];
    this.#counts = [];
    for (const [name, effect, ...counts] of rows as [string, string, ...number[]][]) {
      const row = this.#begin(name, effect);
      for (let column = 0; column < COLUMNS; column++) this.#counts[row * COLUMNS + column] = counts[column] ?? 0;
    }
  }

  #each(visit: (row: number) => void): void {
    for (let row = 0; row < this.#effects.length; row++) visit(row);
  }

  #outcomes(row: number, part: number): Outcomes {
    const at = row * COLUMNS + part;
    return [this.#counts[at] ?? 0, this.#counts[at + 1] ?? 0, this.#counts[at + 2] ?? 0];
  }

  #all(part: number): number[] {
    const all: number[] = [];
    this.#each((row) => all.push(...this.#outcomes(row, part)));
    return all;
  }

  #setReference(row: number, outcomes: Outcomes): void {
    for (const column of [0, 1, 2] as const) this.#counts[row * COLUMNS + REFERENCE + column] = outcomes[column];
  }

  #count(event: DecisionEvent, column: number): void {
    const at = this.#rowOf(event) * COLUMNS + column;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  #begin(name: string, effect: string): number {
    const row = this.#effects.length;
    this.#rows.set(name, row);
    this.#effects.push(effect);
    // A list of just this length: one that grows takes half as much again, and actions are few.
    this.#counts = this.#counts.concat([0, 0, 0, 0, 0, 0]);
    return row;
  }

  #rowOf({ call, kind }: DecisionEvent): number {
    const name = call?.name ?? kind;
    const known = this.#rows.get(name) ?? (name.length > NAME_MAX ? this.#rows.get(name.slice(0, NAME_MAX)) : undefined);
    if (known !== undefined) return known;
    const isFull = this.#rows.size >= ROWS_MAX;
    const key = isFull ? OTHER : name.slice(0, NAME_MAX);
    return this.#rows.get(key) ?? this.#begin(key, isFull ? 'any' : (call?.effect ?? 'any'));
  }

  #fade(): void {
    this.#windowTotal /= 2;
    this.#each((row) => {
      for (const column of [0, 1, 2])
        this.#counts[row * COLUMNS + WINDOW + column] = (this.#counts[row * COLUMNS + WINDOW + column] ?? 0) / 2;
    });
    if (this.#rows.size >= ROWS_MAX) this.#forget();
  }

  /** Names that are no part of the reference and are used no more make room: they are of the agent's making. */
  #forget(): void {
    const kept = [...this.#rows].filter(
      ([, row]) => sum(this.#outcomes(row, REFERENCE)) > 0 || sum(this.#outcomes(row, WINDOW)) >= FORGOTTEN,
    );
    if (kept.length === this.#rows.size) return;
    this.#effects = kept.map(([, row]) => this.#effects[row] ?? '');
    this.#counts = kept.flatMap(([, row]) => this.#counts.slice(row * COLUMNS, (row + 1) * COLUMNS));
    this.#rows = new Map(kept.map(([name], row) => [name, row]));
    this.#limit = undefined;
  }
}

const columnOf = ({ isError, isRefused, isRejected, failsCheck }: DecisionFacts): 0 | 1 | 2 =>
  isRefused || isRejected ? 2 : isError || failsCheck ? 1 : 0;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const sum = ([ok, failed, refused]: Outcomes): number => ok + failed + refused;

function readingOf(action: string, reference: Outcomes, window: Outcomes): ActionReading {
  const [known, seen] = [sum(reference), sum(window)];
  const now = seen === 0 ? 1 : window[0] / seen;
  const usual = known < LEAST ? undefined : reference[0] / known;
  return { action, now, usual, fall: fallOf(usual, now, known, seen), samples: Math.round(seen) };
}

/** Two-proportion z with a pooled estimate, half an observation added to each side so that certainty of few is not infinite. */
function fallOf(usual: number | undefined, now: number, known: number, seen: number): number {
  if (usual === undefined || seen < LEAST) return 0;
  const pooled = (usual * known + now * seen + 1) / (known + seen + 2);
  return (usual - now) / Math.sqrt(pooled * (1 - pooled) * (1 / known + 1 / seen));
}
