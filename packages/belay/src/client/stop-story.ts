import type { AckState, Anomaly, Hold } from '@belay/protocol';
import type { LiveEvent } from './event-stream.ts';

/** One stop of one agent, from the bad action to the confirmation. Times µs; those of the agent's clock are marked. */
export interface StopStory {
  readonly agentId: string;
  readonly commandId: string;
  readonly hold: Hold;
  /** What was found; undefined for a hold by an operator, a webhook … */
  readonly anomaly: Anomaly | undefined;
  /** End of the bad action (agent's clock). */
  readonly badActionUs: number | undefined;
  readonly detectedUs: number | undefined;
  /** When control had the hold on record. */
  readonly placedUs: number;
  /** First acknowledgement of each state, over all runs (agent's clock). */
  readonly acks: Readonly<Partial<Record<AckState, number>>>;
  /** Highest decision number started when the gate closed, over all runs. */
  readonly lastStartedSeq: number | undefined;
}

/** Puts anomalies, holds and acknowledgements together as they arrive, in whatever order. */
export interface StopStories {
  /** The story that `event` moved on, if any. */
  take(event: LiveEvent): StopStory | undefined;
}

interface Draft {
  agentId: string;
  commandId: string;
  hold: Hold | undefined;
  acks: Partial<Record<AckState, number>>;
  lastStartedSeq: number | undefined;
}

const KEPT = 5_000;

export function createStopStories(): StopStories {
  const anomalies = new Map<string, Anomaly>();
  const drafts = new Map<string, Draft>();
  const byAnomaly = new Map<string, string>();
  const draftOf = (agentId: string, commandId: string): Draft => {
    const draft = drafts.get(commandId) ?? { agentId, commandId, hold: undefined, acks: {}, lastStartedSeq: undefined };
    remember(drafts, commandId, draft);
    return draft;
  };
  return {
    take(live) {
      if (live.kind === 'anomaly') {
        remember(anomalies, live.anomaly.id, live.anomaly);
        const draft = drafts.get(byAnomaly.get(live.anomaly.id) ?? '');
        return draft === undefined ? undefined : tell(draft, anomalies);
      }
      const { event } = live;
      if (event.type === 'hold.placed') {
        const draft = draftOf(event.agentId, event.commandId);
        draft.hold = event.hold;
        remember(byAnomaly, event.hold.cause.ref, event.commandId);
        return tell(draft, anomalies);
      }
      if (event.type !== 'ack') return undefined;
      const draft = draftOf(event.agentId, event.ack.commandId);
      draft.acks[event.ack.state] ??= event.ack.atUs;
      draft.lastStartedSeq = Math.max(draft.lastStartedSeq ?? 0, event.ack.lastStartedSeq);
      return tell(draft, anomalies);
    },
  };
}

function tell(draft: Draft, anomalies: ReadonlyMap<string, Anomaly>): StopStory | undefined {
  const { hold } = draft;
  if (hold === undefined) return undefined;
  const anomaly = anomalies.get(hold.cause.ref);
  return {
    agentId: draft.agentId,
    commandId: draft.commandId,
    hold,
    anomaly,
    badActionUs: anomaly?.triggerUs,
    detectedUs: anomaly?.detectedUs,
    placedUs: hold.placedUs,
    acks: { ...draft.acks },
    lastStartedSeq: draft.lastStartedSeq,
  };
}

/** Sets, and forgets the oldest beyond a bound. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  if (map.size <= KEPT) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
