import type { OperatorClient } from './operator-client.ts';
import { type HoldView, readAnswer, releasedSchema } from './platform-views.ts';

export interface ReleasedHold {
  readonly agentId: string;
  readonly holdId: string;
  /** Holds that still stop the agent after this release. */
  readonly openHolds: number;
}

/** Releases holds one after the other, in the order given. */
export async function releaseHolds(
  client: OperatorClient,
  holds: readonly Pick<HoldView, 'id' | 'agentId'>[],
  reason: string,
): Promise<ReleasedHold[]> {
  const released: ReleasedHold[] = [];
  for (const { id, agentId } of holds) {
    const answer = await client.delete(`/v1/agents/${encodeURIComponent(agentId)}/holds/${encodeURIComponent(id)}`, { reason });
    released.push({ agentId, holdId: id, openHolds: readAnswer(releasedSchema, answer, 'the release').openHolds });
  }
  return released;
}
