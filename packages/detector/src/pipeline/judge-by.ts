import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detectors/detector.ts';
import type { Watch } from './agent-state.ts';

/** What one detector has to say. */
export interface Found {
  readonly watch: Watch;
  readonly finding: Finding;
}

/** Shows a decision to one detector; what it says is added to `found`. */
export function judgeBy(watch: Watch, event: DecisionEvent, atUs: number, found: Found[]): void {
  const { detector } = watch;
  detector.observe(event, atUs);
  for (const finding of detector.score(event, atUs)) found.push({ watch, finding });
}
