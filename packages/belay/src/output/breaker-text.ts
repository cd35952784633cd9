import type { BreakerView } from '../client/platform-views.ts';
import { formatDuration } from './duration.ts';

/** What a person does about an open breaker. */
export const BREAKER_MEND =
  'Is a rule wrong? belay mode <detector> shadow. An agent that misbehaves now: belay pause <agent>. Releasing holds makes no room.';

/** How many agents were held, what the limit is, and when there is room again. */
export function breakerText({ heldAgents, limit, windowMs, untilUs }: BreakerView, nowUs: number): string {
  const held = `${heldAgents} agents held automatically in ${formatDuration(windowMs * 1000)}, the limit is ${limit}`;
  return untilUs == null ? held : `${held}; room again in ${formatDuration(Math.max(0, untilUs - nowUs))}`;
}
