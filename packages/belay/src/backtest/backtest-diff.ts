import type { Anomaly } from '@belay/protocol';

/** What happens to an agent: nothing (it is recorded at most), a notification, a pause, a kill. */
type Outcome = Anomaly['response'];

/** A story that ends differently under the proposed configuration. Times µs, agent's clock. */
export interface Change {
  readonly agentId: string;
  readonly sessionId?: string | undefined;
  readonly detector: string;
  readonly rule: string;
  readonly present: Outcome;
  readonly proposed: Outcome;
  /** When the stronger of the two outcomes comes. */
  readonly atUs: number;
  readonly explanation: string;
  readonly decisionIds: readonly string[];
  readonly anomalyId: string;
}

/** How two configurations differ over the same records, by story: one agent, session, detector and cause. */
export interface BacktestDiff {
  /** Stories that end harder, and softer, in order of time. */
  readonly added: readonly Change[];
  readonly gone: readonly Change[];
  /** Stories that end alike, and those of them that come earlier or later. */
  readonly same: number;
  readonly earlier: number;
  readonly later: number;
  /** Stories beyond the most that are told apart. */
  readonly untold: number;
}

export interface DiffBuilder {
  add(present: readonly Anomaly[], proposed: readonly Anomaly[]): void;
  result(): BacktestDiff;
}

interface Story {
  present: Anomaly | undefined;
  proposed: Anomaly | undefined;
}

const RANK: Readonly<Record<Outcome, number>> = { none: 0, notify: 1, pause: 2, kill: 3 };
const STORIES_MAX = 200_000;
const EVIDENCE_MAX = 8;

/** Compares what two configurations find, story by story: the hardest outcome of each, and when it first comes. */
export function createDiff(): DiffBuilder {
  const stories = new Map<string, Story>();
  let untold = 0;
  const note = (anomaly: Anomaly, side: keyof Story): void => {
    if (anomaly.response === 'none') return;
    const key = storyOf(anomaly);
    const known = stories.get(key);
    if (known === undefined && stories.size >= STORIES_MAX) {
      untold += 1;
      return;
    }
    const story: Story = known ?? { present: undefined, proposed: undefined };
    if (RANK[anomaly.response] > rankOf(story[side])) story[side] = anomaly;
    if (known === undefined) stories.set(key, story);
  };
  return {
    add: (present, proposed) => {
      for (const anomaly of present) note(anomaly, 'present');
      for (const anomaly of proposed) note(anomaly, 'proposed');
    },
    result: () => resultOf([...stories.values()], untold),
  };
}

const storyOf = ({ agentId, sessionId, detector, rule, cause }: Anomaly): string =>
  JSON.stringify([agentId, sessionId ?? null, detector, cause ?? rule]);

const rankOf = (anomaly: Anomaly | undefined): number => (anomaly === undefined ? 0 : RANK[anomaly.response]);

function resultOf(stories: readonly Story[], untold: number): BacktestDiff {
  const harder = stories.filter(({ present, proposed }) => rankOf(proposed) > rankOf(present));
  const softer = stories.filter(({ present, proposed }) => rankOf(proposed) < rankOf(present));
  const alike = stories.filter(({ present, proposed }) => rankOf(proposed) === rankOf(present));
  const shifts = alike.map(({ present, proposed }) => (proposed?.triggerUs ?? 0) - (present?.triggerUs ?? 0));
  return {
    added: changesOf(harder),
    gone: changesOf(softer),
    same: alike.length,
    earlier: shifts.filter((us) => us < 0).length,
    later: shifts.filter((us) => us > 0).length,
    untold,
  };
}

const changesOf = (stories: readonly Story[]): Change[] =>
  stories.flatMap((story) => changeOf(story) ?? []).toSorted((a, b) => a.atUs - b.atUs);

function changeOf({ present, proposed }: Story): Change | undefined {
  const harder = rankOf(proposed) > rankOf(present) ? proposed : present;
  if (harder === undefined) return undefined;
  const { agentId, sessionId, detector, rule, triggerUs, explanation, evidence, id } = harder;
  return {
    agentId,
    sessionId,
    detector,
    rule,
    present: present?.response ?? 'none',
    proposed: proposed?.response ?? 'none',
    atUs: triggerUs,
    explanation,
    decisionIds: evidence.decisionIds.slice(-EVIDENCE_MAX),
    anomalyId: id,
  };
}
