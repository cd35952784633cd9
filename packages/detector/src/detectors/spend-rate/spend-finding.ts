import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import type { SpendMatch } from './spend-rules.ts';

const usd = (nano: number): string => `${(nano / 1e9).toFixed(nano >= 1e9 ? 2 : 4)} USD`;

/** The finding for a match: its sentence, evidence and facts. */
export function spendFinding(event: DecisionEvent, match: SpendMatch, scope: Finding['scope']): Finding {
  return {
    rule: match.rule,
    subject: { kind: 'decision', id: event.id },
    cause: causeOf(event, match.cause, scope),
    score: scoreOf(match),
    severity: match.severity,
    explanation: sentenceOf(event, match).slice(0, 2048),
    decisionIds: [event.id],
    facts: factsOf(match),
    scope,
  };
}

/** What would be held is part of the cause: a hold on one session is no answer to what another one spends. */
export const causeOf = (event: DecisionEvent, cause: string, scope: Finding['scope']): string => `${cause}|${scopeIdOf(event, scope)}`;

function scopeIdOf({ sessionId, runId }: DecisionEvent, scope: Finding['scope']): string {
  if (scope === 'agent') return '';
  return (scope === 'session' ? sessionId : runId) ?? '';
}

function scoreOf({ severity, ratio }: SpendMatch): number {
  if (severity === 'critical') return 1;
  return Math.min(0.99, 0.6 + 0.1 * Math.log2(Math.max(1, ratio ?? 1)));
}

function sentenceOf({ agent }: DecisionEvent, { rule, by, window, limit, ratio }: SpendMatch): string {
  const what = by === 'cost' ? `spent ${usd(window.sum)}` : `made ${window.count} calls`;
  const bound = by === 'cost' ? usd(limit) : `${Math.round(limit)} calls`;
  const within = `Agent ${agent.id} ${what} within ${window.seconds} s`;
  if (rule.startsWith('cap_')) return `${within}; the absolute cap is ${bound}.`;
  if (rule === 'surge')
    return `${within}: its last decisions each cost at least ${(ratio ?? 0).toFixed(1)} times what its decisions before did.`;
  return `${within}, ${(ratio ?? 0).toFixed(1)} times what is usual for it; the limit is ${bound}.`;
}

function factsOf({ by, window, limit, ratio }: SpendMatch): Record<string, number> {
  return {
    window_seconds: window.seconds,
    spent_nano_usd: window.sum,
    calls: window.count,
    ...(by === 'cost'
      ? { limit_nano_usd: Math.round(limit), usual_nano_usd: Math.round(window.usualSum) }
      : { limit_calls: Math.round(limit), usual_calls: Math.round(window.usualCount) }),
    ...(ratio === undefined || !Number.isFinite(ratio) ? {} : { ratio: Number(ratio.toFixed(2)) }),
  };
}
