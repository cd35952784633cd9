import type { DecisionEvent, InputRecord, Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import { BaseDetector, NOTHING } from '../base-detector.ts';
import { type DetectorType, defineDetector, type Finding } from '../detector.ts';
import { clockTime, shortName } from '../wording.ts';
import { type DenialConfig, denialConfigSchema } from './denial-config.ts';

/** Refusals that are remembered; no threshold is above it. */
const DENIALS_MAX = 32;
const SHARE_OF = 20;
const SHARE_MASK = (1 << SHARE_OF) - 1;

interface Denial {
  readonly atUs: number;
  readonly call: number;
  readonly id: string;
}

interface Match {
  readonly rule: 'probing' | 'burst';
  readonly denials: readonly Denial[];
  readonly calls: number;
  readonly seconds: number;
  readonly limit: number;
}

/** An agent that policy refuses again and again: it tries its limits, or something is set up wrongly (docs/detectors/denial_burst.md). */
class DenialBurst extends BaseDetector {
  readonly #config: DenialConfig;
  #denials: Denial[] = [];
  /** One bit for each of the last 20 decisions: refused or not. */
  #recent = 0;
  #found: readonly Finding[] = NOTHING;

  constructor(config: DenialConfig) {
    super();
    this.#config = config;
  }

  override observe(event: DecisionEvent, atUs: number): void {
    this.#found = NOTHING;
    if (event.kind !== 'tool' && event.kind !== 'agent') return;
    const denied = isDenied(event);
    this.#recent = ((this.#recent << 1) | (denied ? 1 : 0)) & SHARE_MASK;
    if (!denied) return;
    const call = fingerprint(event.call?.digest ?? event.call?.name ?? '');
    this.#denials = [...this.#denials, { atUs, call, id: event.id }].slice(-DENIALS_MAX);
    const match = this.#match(atUs);
    if (match !== undefined) this.#found = [findingOf(event, match)];
  }

  override score(): readonly Finding[] {
    return this.#found;
  }

  /** Whoever lifts a hold has seen the refusals. */
  override absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'hold' && record.change === 'released') this.#denials = [];
    return NOTHING;
  }

  snapshot(): Json {
    return [this.#recent, this.#denials.map(({ atUs, call, id }) => [atUs, call, id])];
  }

  restore(state: Json): void {
    const [recent, denials] = state as [number, [number, number, string][]];
    this.#recent = recent;
    this.#denials = denials.map(([atUs, call, id]) => ({ atUs, call, id }));
  }

  #match(atUs: number): Match | undefined {
    const { burst, burstSeconds, probes, probeSeconds, leastShare } = this.#config;
    if (bitsOf(this.#recent) < leastShare * SHARE_OF) return undefined;
    const probing = this.#since(atUs - probeSeconds * 1e6);
    const probed = new Set(probing.map(({ call }) => call)).size;
    if (probed >= probes) return { rule: 'probing', denials: probing, calls: probed, seconds: probeSeconds, limit: probes };
    const bursting = this.#since(atUs - burstSeconds * 1e6);
    const calls = new Set(bursting.map(({ call }) => call)).size;
    return bursting.length >= burst ? { rule: 'burst', denials: bursting, calls, seconds: burstSeconds, limit: burst } : undefined;
  }

  #since(fromUs: number): readonly Denial[] {
    return this.#denials.filter(({ atUs }) => atUs >= fromUs);
  }
}

/** Refused by policy; a refusal because the agent is held is Belay's own doing. */
const isDenied = ({ policy, outcome, control }: DecisionEvent): boolean =>
  policy?.verdict === 'deny' && (policy.action === 'blocked' || outcome?.status === 'blocked') && control?.commandId === undefined;

function bitsOf(mask: number): number {
  let bits = 0;
  for (let left = mask; left !== 0; left &= left - 1) bits++;
  return bits;
}

function findingOf(event: DecisionEvent, { rule, denials, calls, seconds, limit }: Match): Finding {
  const count = denials.length;
  const since = clockTime(denials[0]?.atUs ?? 0);
  const newest = `the newest is ${shortName(event.call?.name ?? 'unknown')}${event.policy?.ruleId === undefined ? '' : `, by rule ${shortName(event.policy.ruleId)}`}`;
  const what =
    rule === 'probing'
      ? `was refused ${calls} different calls within ${seconds} s, from ${since} on; ${limit} look like an agent that tries its limits`
      : `was refused ${count} times within ${seconds} s, from ${since} on; ${limit} are a burst`;
  return {
    rule,
    subject: { kind: 'decision', id: event.id },
    cause: `${rule}|${event.sessionId ?? event.runId ?? ''}`,
    score: Math.min(1, 0.6 + 0.02 * count + 0.02 * calls),
    severity: 'warning',
    explanation: `Agent ${event.agent.id} ${what} (${newest}).`,
    decisionIds: denials.map(({ id }) => id),
    facts: { refusals: count, different_calls: calls, window_seconds: seconds, limit },
    scope: event.sessionId === undefined ? 'run' : 'session',
  };
}

/** `denial_burst`, as the registry knows it. */
export const denialBurstDetector: DetectorType = defineDetector({
  id: 'denial_burst',
  version: 1,
  stability: 'beta',
  probe: false,
  configSchema: denialConfigSchema,
  create: (config: DenialConfig) => new DenialBurst(config),
});
