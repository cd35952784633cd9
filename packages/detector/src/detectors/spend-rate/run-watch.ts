import type { DecisionEvent, Json } from '@belay/protocol';
import { type LedgerState, RunLedger } from './run-ledger.ts';
import { isLimitOf, limitMatches, type RunMatch, runawayMatch } from './run-rules.ts';
import { narrowestOf, type RunKind, type RunUnit } from './run-unit.ts';
import type { SpendConfig } from './spend-config.ts';

const RUNAWAY = -1;
const NOTHING: readonly RunMatch[] = [];
const NO_KINDS: readonly RunKind[] = [];
/** That a limit is reached is said apart from that it will be: who has lifted a hold after the one has not seen the other. */
const reached = (code: number): number => -2 - code;

/** Whole runs: will one cross a limit, has it, is it a runaway among its kind. `will_cross` and `runaway_*` are said once of each run. */
export class RunWatch {
  readonly #config: SpendConfig;
  readonly #ledger: RunLedger;
  readonly #kinds: readonly RunKind[];
  #found: { decisionId: string; matches: readonly RunMatch[] } | undefined;

  constructor(config: SpendConfig) {
    this.#config = config;
    this.#ledger = new RunLedger({ most: config.runsPerAgent, idleSeconds: config.runIdleSeconds });
    this.#kinds = config.limits.length === 0 ? NO_KINDS : [...new Set(config.limits.map(({ per }) => per))];
  }

  observe(event: DecisionEvent, options: { cost: number; atUs: number; width: number; accepted: (by: 'cost' | 'count') => number }): void {
    const unit = this.#ledger.observe(event, { cost: options.cost, atUs: options.atUs, kinds: this.#kinds });
    const limits = this.#config.limits.length === 0 ? NOTHING : this.#limits(event);
    const runaway = unit === undefined ? undefined : this.#runaway(event, unit, options);
    const matches = runaway === undefined ? limits : [...limits, runaway];
    this.#found = matches.length === 0 ? undefined : { decisionId: event.id, matches };
  }

  /** What holds for the decision just observed. */
  matches(event: DecisionEvent): readonly RunMatch[] {
    return this.#found?.decisionId === event.id ? this.#found.matches : NOTHING;
  }

  end(event: DecisionEvent): void {
    this.#ledger.end(event);
  }

  flagLast(): void {
    this.#ledger.flagLast();
  }

  lift(): void {
    this.#ledger.lift();
  }

  /** Runs at work side by side. */
  atWork(atUs: number): number {
    return this.#ledger.atWork(atUs);
  }

  snapshot(): Json {
    return this.#ledger.snapshot();
  }

  restore(state: LedgerState): void {
    this.#ledger.restore(state);
    this.#found = undefined;
  }

  #limits(event: DecisionEvent): RunMatch[] {
    return this.#config.limits.flatMap((limit, index) => {
      const unit = isLimitOf(limit, event) ? this.#ledger.unitOf(event, limit.per) : undefined;
      if (unit === undefined) return [];
      return limitMatches(this.#config, limit, { unit, habit: this.#ledger.habitOf(unit) }).filter((match) => {
        const code = 2 * index + (match.by === 'cost' ? 0 : 1);
        if (match.rule === 'cap_limit') {
          if (!unit.said.includes(reached(code))) unit.said = [...unit.said, reached(code)];
          return !unit.lifted.includes(reached(code));
        }
        if (unit.said.includes(code)) return false;
        unit.said = [...unit.said, code];
        return true;
      });
    });
  }

  #runaway(
    event: DecisionEvent,
    unit: RunUnit,
    options: { width: number; accepted: (by: 'cost' | 'count') => number },
  ): RunMatch | undefined {
    const habit = this.#ledger.habitOf(unit);
    const kind = narrowestOf(event);
    if (habit === undefined || kind === undefined || unit.said.includes(RUNAWAY)) return undefined;
    const match = runawayMatch(this.#config, { unit, habit, kind }, options);
    if (match !== undefined) unit.said = [...unit.said, RUNAWAY];
    return match;
  }
}
