import type { DecisionEvent } from '@belay/protocol';
import type { Finding } from '../detectors/detector.ts';
import { type AgentState, type Watch, watchesOf } from './agent-state.ts';

/** What one detector has to say. */
export interface Found {
  readonly watch: Watch;
  readonly finding: Finding;
}

const NOTHING: readonly Found[] = [];

/** Shows a decision to each detector of an agent, in the order of the registry. @returns what they say. */
export function judgeBy(agent: Pick<AgentState, 'detectors'>, event: DecisionEvent, atUs: number): readonly Found[] {
  let found = NOTHING;
  for (const detector of agent.detectors) {
    detector.observe(event, atUs);
    const findings = detector.score(event, atUs);
    if (findings.length > 0) found = [...found, ...foundBy(agent, detector, findings)];
  }
  return found;
}

function foundBy(agent: Pick<AgentState, 'detectors'>, detector: Watch['detector'], findings: readonly Finding[]): readonly Found[] {
  return watchesOf(agent).flatMap((watch) => (watch.detector === detector ? findings.map((finding) => ({ watch, finding })) : []));
}
