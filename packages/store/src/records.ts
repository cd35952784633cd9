/** A decision as history shows it. Times integer µs, money integer nano-USD; '' and null mean absent. */
export interface DecisionRecord {
  readonly id: string;
  readonly agentId: string;
  readonly runId: string;
  readonly seq: number | null;
  readonly sessionId: string;
  readonly rootSessionId: string;
  readonly turn: number | null;
  readonly kind: string;
  readonly receivedUs: number;
  readonly startUs: number;
  readonly durationUs: number;
  readonly tool: string;
  readonly effect: string;
  readonly destinations: readonly string[];
  readonly intent: string;
  readonly reasoningSpanId: string;
  readonly parentSpanId: string;
  readonly policyVerdict: string;
  readonly policyAction: string;
  readonly outcomeStatus: string;
  readonly errorType: string;
  readonly outcomeSummary: string;
  readonly divergenceScore: number | null;
  readonly costNanoUsd: number | null;
}

/** An anomaly as history shows it. Times integer µs; '' means absent. */
export interface AnomalyRecord {
  readonly id: string;
  readonly agentId: string;
  readonly runId: string;
  readonly sessionId: string;
  readonly detector: string;
  readonly rule: string;
  readonly severity: string;
  readonly score: number;
  readonly explanation: string;
  readonly triggerDecisionId: string;
  readonly triggerUs: number;
  readonly detectedUs: number;
  readonly mode: string;
  readonly response: string;
  readonly suppressed: string;
  readonly groupId: string;
}

/** Delays of automatic stops, ms on control's clock; null when there was none. */
export interface StopDelays {
  readonly stops: number;
  readonly confirmed: number;
  readonly detectedToPlacedP50Ms: number | null;
  readonly detectedToPlacedP99Ms: number | null;
  readonly placedToAppliedP50Ms: number | null;
  readonly placedToAppliedP99Ms: number | null;
  readonly placedToConfirmedP50Ms: number | null;
  readonly placedToConfirmedP99Ms: number | null;
}

export interface SpendRecord {
  readonly agentId: string;
  readonly costNanoUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly decisions: number;
}

export interface FleetActivity {
  readonly agentId: string;
  readonly decisions: number;
  readonly errors: number;
  readonly blocked: number;
  readonly lastReceivedUs: number;
  readonly anomalies: number;
}

/** What an agent used: a call that had an effect. '' means absent. */
export interface FleetUseRecord {
  readonly tenant: string;
  readonly agentName: string;
  readonly agentId: string;
  readonly kind: 'tool' | 'agent';
  readonly tool: string;
  readonly effect: 'read' | 'write' | 'destructive';
  readonly digest: string;
  readonly destinations: readonly string[];
  /** JSON of a list of features; '' = none. */
  readonly features: string;
  /** 1 = a finding was made on one such call. */
  readonly isFlagged: number;
}

/** `decisionCopies` counts rows of the table, repeats included. */
export interface HistoryCounts {
  readonly decisions: number;
  readonly decisionCopies: number;
  readonly anomalies: number;
  readonly controlEvents: number;
}

/** A run whose `seq` has holes: `missing` decisions up to `lastSeq` never arrived. */
export interface SequenceGap {
  readonly runId: string;
  readonly lastSeq: number;
  readonly missing: number;
}

/** A reading of a metric of one agent; `subject` is '' but for metrics of several things. Times µs, `value` in the metric's own unit. */
export interface DriftReading {
  readonly metric: string;
  readonly subject: string;
  readonly atUs: number;
  readonly value: number;
  readonly reference: number | null;
  readonly statistic: number | null;
  readonly threshold: number | null;
  readonly samples: number;
  readonly learning: boolean;
}

/** The newest reading, with whose it is. */
export interface DriftMetricRecord extends DriftReading {
  readonly agentId: string;
  readonly agentName: string;
  readonly agentVersion: string;
}
