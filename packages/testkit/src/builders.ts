import type { Anomaly, DecisionEvent } from '@belay/protocol';
import { MANUAL_CLOCK_START_US } from './clock.ts';

type Call = NonNullable<DecisionEvent['call']>;
type Outcome = NonNullable<DecisionEvent['outcome']>;

/** What to change of the default decision; `call` and `outcome` are merged, everything else replaces. */
export type DecisionOverrides = Partial<Omit<DecisionEvent, 'call' | 'outcome' | 'agent'>> & {
  readonly agentId?: string;
  readonly agent?: Partial<DecisionEvent['agent']>;
  /** `undefined` = a decision without a call. */
  readonly call?: Partial<Call> | undefined;
  readonly outcome?: Partial<Outcome> | undefined;
  /** Which decision this is: gives the id, the seq and, one second apart, the times, where those are not given. Default 1. */
  readonly n?: number;
};

const SECOND_US = 1_000_000;

/** `traceId:spanId` of decision `n` of the builders. */
export const decisionId = (n: number, trace = 1): string => `${trace.toString(16).padStart(32, '0')}:${n.toString(16).padStart(16, '0')}`;

/** A valid decision event: a read of the tool `search` by agent `agent-1` of tenant `acme`, ended ok. */
export function decision(overrides: DecisionOverrides = {}): DecisionEvent {
  const { agentId = 'agent-1', agent, call, outcome, n = 1, ...rest } = overrides;
  const startUs = rest.startUs ?? MANUAL_CLOCK_START_US + (n - 1) * SECOND_US;
  const durationUs = rest.durationUs ?? 100_000;
  const id = rest.id ?? decisionId(n);
  const withCall = !('call' in overrides) || call !== undefined;
  const withOutcome = !('outcome' in overrides) || outcome !== undefined;
  return {
    v: 1,
    tenant: 'acme',
    agent: { id: agentId, ...agent },
    runId: 'run-1',
    seq: n,
    sessionId: 'session-1',
    turn: 1,
    kind: 'tool',
    receivedUs: startUs + durationUs + 5000,
    source: 'belay',
    ...(withCall ? { call: { name: 'search', effect: 'read', digest: `sha256:call-${n}`, destinations: [], ...call } } : {}),
    ...(withOutcome ? { outcome: { status: 'ok', resultDigest: `sha256:result-${n}`, ...outcome } } : {}),
    ...rest,
    id,
    startUs,
    durationUs,
    trace: rest.trace ?? { traceId: id.slice(0, 32), spanId: id.slice(33) },
  };
}

/** A valid model call of `model-1` with usage and cost. */
export function modelCall(overrides: DecisionOverrides = {}): DecisionEvent {
  return decision({
    kind: 'model',
    call: undefined,
    model: { provider: 'example', request: 'model-1', response: 'model-1' },
    usage: { inputTokens: 1000, outputTokens: 100 },
    costNanoUsd: 4_500_000,
    ...overrides,
  });
}

/** `count` decisions one second apart, numbered from 1; `change` gives what differs of each. */
export function decisions(count: number, change: (n: number) => DecisionOverrides = () => ({})): DecisionEvent[] {
  return Array.from({ length: count }, (_, index) => decision({ n: index + 1, ...change(index + 1) }));
}

/** A valid anomaly of `loop` / `L1` that asks for a pause of the session. */
export function anomaly(overrides: Partial<Anomaly> = {}): Anomaly {
  return {
    v: 1,
    id: 'sha256:anomaly-1',
    subject: { kind: 'decision', id: decisionId(4) },
    tenant: 'acme',
    agentId: 'agent-1',
    runId: 'run-1',
    sessionId: 'session-1',
    detector: 'loop',
    rule: 'L1',
    detectorVersion: 1,
    score: 0.9,
    severity: 'warning',
    explanation: 'The agent made the same call four times in a row and got the same result.',
    triggerDecisionId: decisionId(4),
    evidence: { decisionIds: [decisionId(1), decisionId(4)], facts: { repeats: 4 } },
    triggerUs: MANUAL_CLOCK_START_US + 4 * SECOND_US,
    detectedUs: MANUAL_CLOCK_START_US + 4 * SECOND_US + 10_000,
    mode: 'enforce',
    response: 'pause',
    ...overrides,
  };
}
