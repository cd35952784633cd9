import { createHash } from 'node:crypto';
import type { Corpus } from './corpora.ts';

export type Half = 'a' | 'b';
export const HALVES: readonly Half[] = ['a', 'b'];

type Unit = Readonly<Record<string, unknown>>;
export type Labels = Readonly<Record<string, unknown>>;

/** The half a unit belongs to: the first bit of the SHA-256 of its name (agent, run, stream or trace). No label has a say in it. */
export const halfOf = (name: string): Half => ((createHash('sha256').update(name).digest()[0] ?? 0) < 128 ? 'a' : 'b');

const unitsOf = (labels: Labels, corpus: Corpus): readonly Unit[] => {
  const units = labels[corpus.units];
  return Array.isArray(units) ? (units as Unit[]) : [];
};

/** The labels with the units of one half only; counts beside the list (agents) are left as they are. */
export function halfOfLabels(labels: Labels, corpus: Corpus, half: Half): Labels {
  return { ...labels, [corpus.units]: unitsOf(labels, corpus).filter((unit) => halfOf(String(unit[corpus.splitBy])) === half) };
}

const AGENT_OWNED: ReadonlySet<string> = new Set(['scenarios', 'streams', 'agents']);

/** Everything by which an anomaly can be tied to a unit: its traces, its conversations, and its agent where the agent is of it alone. */
function keysOf(unit: Unit, corpus: Corpus): string[] {
  const runs = Array.isArray(unit.runs) ? (unit.runs as Unit[]) : [];
  const keys = [unit, ...runs].flatMap((one) => [one.trace_id, one.conversation]);
  if (AGENT_OWNED.has(corpus.units) || corpus.splitBy === 'agent_id') keys.push(unit.agent_id);
  return keys.filter((key) => typeof key === 'string');
}

/** Whether an anomaly line belongs to a half: not when it can be tied to a unit of the other one. */
export function createHalfFilter(labels: Labels, corpus: Corpus, half: Half): (line: string) => boolean {
  const others = new Set(
    unitsOf(labels, corpus)
      .filter((unit) => halfOf(String(unit[corpus.splitBy])) !== half)
      .flatMap((unit) => keysOf(unit, corpus)),
  );
  return (line) => {
    const anomaly = JSON.parse(line) as {
      triggerDecisionId?: string;
      evidence?: { decisionIds?: string[] };
      sessionId?: string;
      runId?: string;
      agentId: string;
    };
    const trigger = anomaly.triggerDecisionId ?? anomaly.evidence?.decisionIds?.at(-1) ?? '';
    return ![trigger.split(':')[0], anomaly.sessionId, anomaly.runId, anomaly.agentId].some((key) => key !== undefined && others.has(key));
  };
}
