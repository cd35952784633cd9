import type { DecisionEvent, InputRecord, Json } from '@belay/protocol';
import { BaseDetector, NOTHING } from '../base-detector.ts';
import { type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { RecentMap } from '../recent-map.ts';
import { clockTime, shortName } from '../wording.ts';
import { type ZombieConfig, zombieConfigSchema } from './zombie-config.ts';

const HOLDS_MAX = 64;
const RUNS_MAX = 64;
const SUSPECTS_MAX = 16;

type HoldRecord = Extract<InputRecord, { record: 'hold' }>;
type Hold = Pick<HoldRecord, 'holdId' | 'scope' | 'scopeId' | 'epoch'>;
/** What a run last acknowledged. */
type Promised = readonly [epoch: number, lastStartedSeq: number, atUs: number];

interface Suspect {
  readonly holdId: string;
  readonly decisionId: string;
  readonly runId: string;
  readonly seq: number;
  readonly tool: string;
  readonly promised: Promised;
  readonly receivedUs: number;
}

/** An agent that acts although it acknowledged a hold (docs/detectors/zombie.md). */
class Zombie extends BaseDetector {
  readonly #graceUs: number;
  readonly #holds = new RecentMap<string, Hold>(HOLDS_MAX);
  readonly #promised = new RecentMap<string, Promised>(RUNS_MAX);
  #suspects: Suspect[] = [];
  #agentId = '';
  #found: readonly Finding[] = NOTHING;

  constructor({ graceSeconds }: ZombieConfig) {
    super();
    this.#graceUs = graceSeconds * 1e6;
  }

  override observe(event: DecisionEvent): void {
    this.#found = NOTHING;
    if (this.#holds.size === 0 && this.#suspects.length === 0) return;
    this.#agentId = event.agent.id;
    const suspect = this.#suspectOf(event);
    if (suspect !== undefined && this.#suspects.length < SUSPECTS_MAX) this.#suspects.push(suspect);
    this.#found = this.#convict(event.receivedUs);
  }

  override score(): readonly Finding[] {
    return this.#found;
  }

  override absorb(record: InputRecord): readonly Finding[] {
    switch (record.record) {
      case 'hold':
        if (record.change === 'released') this.#release(record.holdId);
        else this.#holds.put(record.holdId, record);
        return NOTHING;
      case 'ack':
        this.#promised.put(record.runId, [record.epoch, record.lastStartedSeq, record.atUs]);
        return NOTHING;
      case 'heartbeat':
        this.#agentId = record.agentId;
        return this.#convict(record.atUs);
      default:
        return NOTHING;
    }
  }

  snapshot(): Json {
    return {
      holds: [...this.#holds.values()].map(({ holdId, scope, scopeId, epoch }) => [holdId, scope ?? null, scopeId ?? null, epoch ?? null]),
      promised: this.#promised.entries().map(([runId, promised]) => [runId, ...promised]),
      suspects: this.#suspects.map((suspect) => ({ ...suspect, promised: [...suspect.promised] })),
    };
  }

  restore(state: Json): void {
    const { holds, promised, suspects } = state as unknown as Packed;
    this.#holds.replace(
      holds.map(([holdId, scope, scopeId, epoch]) => [
        holdId,
        { holdId, scope: scope ?? undefined, scopeId: scopeId ?? undefined, epoch: epoch ?? undefined },
      ]),
    );
    this.#promised.replace(promised.map(([runId, epoch, seq, atUs]) => [runId, [epoch, seq, atUs]]));
    this.#suspects = suspects;
  }

  /** Executed, started after the run had acknowledged the hold that covers it. */
  #suspectOf(event: DecisionEvent): Suspect | undefined {
    const { runId, seq, receivedUs } = event;
    if (runId === undefined || seq === undefined || !isExecuted(event)) return undefined;
    const promised = this.#promised.get(runId);
    if (promised === undefined || seq <= promised[1]) return undefined;
    for (const hold of this.#holds.values()) {
      if (hold.epoch === undefined || promised[0] < hold.epoch || !covers(hold, event)) continue;
      const tool = (event.call?.name ?? event.model?.request ?? event.kind).slice(0, 128);
      return { holdId: hold.holdId, decisionId: event.id, runId, seq, tool, promised, receivedUs };
    }
    return undefined;
  }

  /** A release comes by another way than the decisions it allows: it has the grace to arrive. */
  #convict(nowUs: number): readonly Finding[] {
    const guilty = this.#suspects.filter(({ receivedUs }) => nowUs - receivedUs >= this.#graceUs);
    if (guilty.length === 0) return NOTHING;
    this.#suspects = this.#suspects.filter((suspect) => !guilty.includes(suspect));
    return guilty.map((suspect) => findingOf(this.#agentId, suspect));
  }

  #release(holdId: string): void {
    this.#holds.delete(holdId);
    this.#suspects = this.#suspects.filter((suspect) => suspect.holdId !== holdId);
  }
}

interface Packed {
  readonly holds: [string, Hold['scope'] | null, string | null, number | null][];
  readonly promised: [string, number, number, number][];
  readonly suspects: Suspect[];
}

const isExecuted = ({ kind, outcome, policy }: DecisionEvent): boolean =>
  (kind === 'tool' || kind === 'model' || kind === 'agent') &&
  outcome?.status !== 'blocked' &&
  outcome?.status !== 'cancelled' &&
  policy?.action !== 'blocked' &&
  policy?.action !== 'held';

function covers({ scope, scopeId }: Hold, { runId, sessionId }: DecisionEvent): boolean {
  if (scope === 'agent') return true;
  return scopeId !== undefined && scopeId === (scope === 'run' ? runId : sessionId);
}

const findingOf = (agentId: string, { holdId, decisionId, runId, seq, tool, promised: [, lastStarted, atUs] }: Suspect): Finding => ({
  rule: 'acted_on',
  subject: { kind: 'decision', id: decisionId },
  cause: `hold|${holdId}`,
  score: 1,
  severity: 'critical',
  explanation: `Agent ${agentId} acts although it is held: run ${runId} acknowledged hold ${holdId} at ${clockTime(atUs)} with ${lastStarted} as its last decision, and then carried out number ${seq} (${shortName(tool)}). Take its credentials away or end the process.`,
  decisionIds: [decisionId],
  facts: { hold: holdId, seq, last_started_seq: lastStarted, tool },
  scope: 'run',
  about: { runId, decisionId },
});

/** `zombie`, as the registry knows it. */
export const zombieDetector: DetectorType = defineDetector({
  id: 'zombie',
  version: 1,
  stability: 'stable',
  probe: false,
  configSchema: zombieConfigSchema,
  create: (config: ZombieConfig) => new Zombie(config),
});
