import { anomaly } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveEvent } from './event-stream.ts';
import { createStopStories, type StopStory } from './stop-story.ts';

const found = anomaly({ agentId: 'a', response: 'pause', triggerUs: 100, detectedUs: 150 });
const base = { v: 1, tenant: 't', agentId: 'a', atUs: 200, actor: 'control' } as const;
const hold = {
  id: 'h',
  action: 'pause',
  scope: 'session',
  scopeId: 's',
  reason: 'r',
  cause: { kind: 'anomaly', ref: found.id },
  placedUs: 200,
} as const;
const ack = (state: 'received' | 'applied' | 'confirmed', atUs: number): LiveEvent => ({
  kind: 'control',
  event: {
    ...base,
    id: state,
    type: 'ack',
    ack: { agentId: 'a', commandId: 'c', epoch: 1, runId: 'r', state, atUs, lastStartedSeq: 7, inFlight: 0 },
  },
});
const events: readonly LiveEvent[] = [
  { kind: 'anomaly', anomaly: found },
  { kind: 'control', event: { ...base, id: 'p', type: 'hold.placed', epoch: 1, commandId: 'c', hold } },
  ack('received', 210),
  ack('applied', 220),
  ack('confirmed', 230),
];

describe('stop stories', () => {
  it('come out whole, in whatever order anomaly, hold and acknowledgements arrive', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...events], { minLength: events.length }), (shuffled) => {
        const stories = createStopStories();
        let last: StopStory | undefined;
        for (const event of shuffled) last = stories.take(event) ?? last;
        expect(last).toMatchObject({ agentId: 'a', badActionUs: 100, detectedUs: 150, placedUs: 200, lastStartedSeq: 7 });
        expect(last?.acks).toEqual({ received: 210, applied: 220, confirmed: 230 });
      }),
    );
  });

  it('keep the first acknowledgement of each state: a second run does not make the first one later', () => {
    const stories = createStopStories();
    for (const event of events) stories.take(event);
    expect(stories.take(ack('confirmed', 999))?.acks.confirmed).toBe(230);
  });
});
