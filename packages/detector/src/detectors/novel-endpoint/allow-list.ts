import { type DecisionEvent, matchesPattern } from '@belay/protocol';
import type { Finding } from '../detector.ts';
import type { Story } from './quarantine.ts';

/** The first destination of a call that an allow list does not have; undefined when it has all, and when there is no list. */
export function forbiddenDestination({ call }: DecisionEvent, allow: readonly string[]): string | undefined {
  if (allow.length === 0) return undefined;
  return call?.destinations.find((destination) => !isAllowed(destination, allow));
}

/** A mail domain is allowed where anybody in it is. */
const isAllowed = (destination: string, allow: readonly string[]): boolean =>
  allow.some(
    (pattern) =>
      matchesPattern(pattern, destination) ||
      (destination.startsWith('mailto:') && !destination.includes('@') && pattern.endsWith(`@${destination.slice(7)}`)),
  );

/** The finding for a destination that is not on the agent's list: certain, from the first call. */
export const forbiddenFinding = (event: DecisionEvent, { destination, story }: { destination: string; story: Story }): Finding => ({
  rule: 'not_allowed',
  subject: { kind: 'decision', id: event.id },
  cause: `${story.id}|${event.sessionId ?? event.runId ?? ''}`,
  score: 1,
  severity: 'warning',
  explanation: `Agent ${event.agent.id} calls ${event.call?.name ?? ''} with ${destination.slice(0, 256)}, which is not on the list of destinations that it may use.`,
  decisionIds: [...new Set([story.firstDecisionId, event.id])],
  facts: { tool: event.call?.name ?? '', destination: destination.slice(0, 256), first_decision: story.firstDecisionId },
  scope: event.sessionId === undefined ? 'run' : 'session',
});
