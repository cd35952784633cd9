import type { DecisionEvent, InputRecord, Json } from '@belay/protocol';
import { BaseDetector, NOTHING } from '../base-detector.ts';
import { type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { clockTime } from '../wording.ts';
import { type GapConfig, gapConfigSchema } from './gap-config.ts';
import { type Gap, RunLedger } from './run-ledger.ts';

/** Runs of one agent that are followed; the least recently heard beyond it are not. */
const RUNS_MAX = 16;

type Heartbeat = Extract<InputRecord, { record: 'heartbeat' }>;

/** Decisions that a run says it took and that never arrived (docs/detectors/telemetry_gap.md). */
class TelemetryGap extends BaseDetector {
  readonly #graceUs: number;
  readonly #runs = new Map<string, RunLedger>();

  constructor({ graceSeconds }: GapConfig) {
    super();
    this.#graceUs = graceSeconds * 1e6;
  }

  override observe({ runId, seq }: DecisionEvent): void {
    if (runId === undefined || seq === undefined) return;
    // A run met in its middle is followed from there: what was before our time is not missing.
    this.#use(runId, seq - 1).arrived(seq);
  }

  override absorb(record: InputRecord): readonly Finding[] {
    if (record.record !== 'heartbeat') return NOTHING;
    const run = this.#use(record.runId, record.lastSeq <= 1 ? 0 : record.lastSeq);
    this.#runs.delete(record.runId);
    this.#runs.set(record.runId, run);
    const newlyDropped = record.droppedSpans - run.dropped;
    run.dropped = Math.max(run.dropped, record.droppedSpans);
    const found = [...this.#gapsAt(record), ...(newlyDropped > 0 ? [dropFinding(record, newlyDropped)] : [])];
    run.claims({ atUs: record.atUs, lastSeq: record.lastSeq, inFlight: record.inFlightSeqs });
    return found;
  }

  snapshot(): Json {
    return [...this.#runs].map(([runId, ledger]) => [runId, ledger.snapshot()]);
  }

  restore(state: Json): void {
    this.#runs.clear();
    for (const [runId, packed] of state as [string, Json][]) {
      const ledger = new RunLedger(0);
      ledger.restore(packed);
      this.#runs.set(runId, ledger);
    }
  }

  /** Of all runs: one that has ended is heard no more, its last claim is judged by the time of the others. */
  #gapsAt({ agentId, atUs }: Heartbeat): readonly Finding[] {
    const found: Finding[] = [];
    for (const [runId, ledger] of this.#runs) {
      const gap = ledger.missingAt(atUs, this.#graceUs);
      if (gap !== undefined) found.push(gapFinding({ agentId, runId, atUs }, gap, this.#graceUs / 1e6));
    }
    return found;
  }

  #use(runId: string, through: number): RunLedger {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const ledger = new RunLedger(through);
    this.#runs.set(runId, ledger);
    const oldest = this.#runs.keys().next().value;
    if (this.#runs.size > RUNS_MAX && oldest !== undefined) this.#runs.delete(oldest);
    return ledger;
  }
}

const basis = (runId: string) => ({ score: 1, severity: 'warning', decisionIds: [], scope: 'run', about: { runId } }) as const;

const gapFinding = (
  of: Pick<Heartbeat, 'agentId' | 'runId' | 'atUs'>,
  { first, last, count, started }: Gap,
  graceSeconds: number,
): Finding => ({
  ...basis(of.runId),
  rule: 'gap',
  subject: { kind: 'run', id: `${of.runId}:${first}` },
  cause: `gap|${of.runId}`,
  explanation: `Run ${of.runId} of agent ${of.agentId} said it had taken ${started} decisions; ${count} of them (from number ${first} to ${last}) had not arrived by ${clockTime(of.atUs)}, more than ${graceSeconds} s after it said so: what they did is not on record.`,
  facts: { first_missing: first, last_missing: last, missing: count, last_started: started },
});

const dropFinding = ({ agentId, runId, droppedSpans, atUs }: Heartbeat, count: number): Finding => ({
  ...basis(runId),
  rule: 'dropped',
  subject: { kind: 'run', id: `${runId}:dropped:${droppedSpans}` },
  cause: `dropped|${runId}`,
  explanation: `Run ${runId} of agent ${agentId} says it had to drop ${count} spans of decisions by ${clockTime(atUs)} (${droppedSpans} in its life; its collector was away or too slow): what they did is not on record.`,
  facts: { dropped: count, dropped_in_all: droppedSpans },
});

/** `telemetry_gap`, as the registry knows it. */
export const telemetryGapDetector: DetectorType = defineDetector({
  id: 'telemetry_gap',
  version: 1,
  stability: 'beta',
  probe: false,
  configSchema: gapConfigSchema,
  create: (config: GapConfig) => new TelemetryGap(config),
});
