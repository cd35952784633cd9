import type { Anomaly } from '@belay/protocol';
import type { SweepLabel } from './sweep-label.ts';

const FIELDS = ['agentId', 'sessionId', 'runId', 'decisionId'] as const;
type Field = (typeof FIELDS)[number];

/** The labels (by their index) that an alarm belongs to. */
export type LabelMatcher = (alarm: Anomaly) => readonly number[];

interface Shape {
  readonly fields: readonly Field[];
  readonly byNames: Map<string, number[]>;
}

/** Finds labels by hash, not by search: one look-up for each combination of names that occurs. */
export function createLabelMatcher(labels: readonly SweepLabel[]): LabelMatcher {
  const shapes = new Map<string, Shape>();
  for (const [index, label] of labels.entries()) {
    const fields = FIELDS.filter((field) => label[field] !== undefined);
    const shape = shapes.get(fields.join()) ?? { fields, byNames: new Map() };
    shapes.set(fields.join(), shape);
    const names = JSON.stringify(fields.map((field) => label[field]));
    shape.byNames.set(names, [...(shape.byNames.get(names) ?? []), index]);
  }
  return (alarm) => [...new Set([...shapes.values()].flatMap((shape) => matchesOf(shape, alarm)))];
}

function matchesOf({ fields, byNames }: Shape, alarm: Anomaly): number[] {
  const decisions = fields.includes('decisionId') ? new Set([alarm.triggerDecisionId, ...alarm.evidence.decisionIds]) : [undefined];
  return [...decisions].flatMap((decisionId) => {
    const names = { agentId: alarm.agentId, sessionId: alarm.sessionId, runId: alarm.runId, decisionId };
    return byNames.get(JSON.stringify(fields.map((field) => names[field]))) ?? [];
  });
}
