import { type Anomaly, agentKey, type DecisionEvent, type InputRecord } from '@belay/protocol';
import { createAgentHours } from '../sweep/agent-hours.ts';
import { createAfterPause } from './after-pause.ts';
import { type CoveredSpan, createFileSpan } from './covered-span.ts';

interface BacktestTotals {
  decisions: number;
  agents: number;
  sessions: number;
  /** Of a file, empty ones apart. */
  lines: number;
  skippedSpans: number;
  rejectedSpans: number;
  badLines: number;
  anomalies: number;
  /** Anomalies that would have paused or killed. */
  holds: number;
  /** Anomalies that would have notified and no more. */
  notifies: number;
  /** Agents that would have been held at least once. */
  heldAgents: number;
  /** Actions after a would-be pause of their session, run or agent: it would have kept the agent from them, had nobody lifted it. */
  actionsAfterPause: number;
  /** … and what they cost, nano-USD. */
  costAfterPauseNanoUsd: number;
  /** Hours at work of all agents together: see `createAgentHours`. */
  agentHours: number;
  /** The time covered: see {@link CoveredSpan}. */
  readonly firstUs: number | undefined;
  readonly lastUs: number | undefined;
}

/** One line of the summary: how often one rule spoke, and what came of it. */
export interface RuleCount {
  readonly detector: string;
  readonly rule: string;
  anomalies: number;
  holds: number;
  notifies: number;
  suppressed: number;
  readonly agents: Set<string>;
}

/** Collects what the summary table shows. */
export interface BacktestReport {
  readonly totals: BacktestTotals;
  readonly rules: ReadonlyMap<string, RuleCount>;
  readonly rejections: ReadonlyMap<string, number>;
  /** Detectors whose mode an operator set in what was run over. */
  readonly modesHeard: ReadonlySet<string>;
  event(event: DecisionEvent): void;
  /** What else the detectors were told. */
  told(record: InputRecord): void;
  anomaly(anomaly: Anomaly): void;
  rejected(reason: string): void;
}

/** Beyond this many, sessions are no longer told apart: the count is then a floor. */
const SESSIONS_MAX = 1_000_000;

/** @param span how the time that is covered is measured. */
export function createReport(span: CoveredSpan = createFileSpan()): BacktestReport {
  const agents = new Set<string>();
  const hours = createAgentHours();
  const sessions = new Set<string>();
  const held = new Set<string>();
  const rules = new Map<string, RuleCount>();
  const rejections = new Map<string, number>();
  const modesHeard = new Set<string>();
  const afterPause = createAfterPause();
  const totals = noTotals(span);
  return {
    totals,
    rules,
    rejections,
    modesHeard,
    told: (record) => {
      if (record.record === 'mode') modesHeard.add(record.detector);
      if (record.record === 'hold') afterPause.released(record);
    },
    event: (event) => {
      totals.decisions += 1;
      const key = agentKey(event.tenant, event.agent.id);
      agents.add(key);
      hours.add(event);
      totals.agentHours = hours.hours();
      if (event.sessionId !== undefined && sessions.size < SESSIONS_MAX) sessions.add(`${event.agent.id}\n${event.sessionId}`);
      totals.agents = agents.size;
      totals.sessions = sessions.size;
      if (afterPause.isKept(event)) {
        totals.actionsAfterPause += 1;
        totals.costAfterPauseNanoUsd += event.costNanoUsd ?? 0;
      }
      span.add(event.receivedUs);
    },
    anomaly: (anomaly) => {
      const isHold = anomaly.response === 'pause' || anomaly.response === 'kill';
      totals.anomalies += 1;
      if (isHold) {
        held.add(anomaly.agentId);
        afterPause.paused(anomaly);
      }
      totals.holds += isHold ? 1 : 0;
      totals.notifies += anomaly.response === 'notify' ? 1 : 0;
      totals.heldAgents = held.size;
      countRule(rules, anomaly, isHold);
    },
    rejected: (reason) => {
      totals.rejectedSpans += 1;
      rejections.set(reason, (rejections.get(reason) ?? 0) + 1);
    },
  };
}

const noTotals = (span: CoveredSpan): BacktestTotals => ({
  decisions: 0,
  agents: 0,
  sessions: 0,
  lines: 0,
  skippedSpans: 0,
  rejectedSpans: 0,
  badLines: 0,
  anomalies: 0,
  holds: 0,
  notifies: 0,
  heldAgents: 0,
  actionsAfterPause: 0,
  costAfterPauseNanoUsd: 0,
  agentHours: 0,
  get firstUs() {
    return span.firstUs;
  },
  get lastUs() {
    return span.lastUs;
  },
});

function countRule(rules: Map<string, RuleCount>, anomaly: Anomaly, isHold: boolean): void {
  const key = `${anomaly.detector}/${anomaly.rule}`;
  const count = rules.get(key) ?? {
    detector: anomaly.detector,
    rule: anomaly.rule,
    anomalies: 0,
    holds: 0,
    notifies: 0,
    suppressed: 0,
    agents: new Set<string>(),
  };
  count.anomalies += 1;
  count.holds += isHold ? 1 : 0;
  count.notifies += anomaly.response === 'notify' ? 1 : 0;
  count.suppressed += anomaly.suppressed === undefined ? 0 : 1;
  count.agents.add(anomaly.agentId);
  rules.set(key, count);
}
