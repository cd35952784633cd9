import { EvidenceIds } from '../evidence-ids.ts';
import type { LoopConfig } from './loop-config.ts';
import type { Step } from './step.ts';
import { StepRing } from './step-ring.ts';
import { emptyStreak, endStreak, extendArrivals, extendStreak, NO_STREAK, type Streak } from './streak.ts';

/** A time at which nothing happened. */
export const NEVER = -1;
/** Decision ids kept as evidence. */
const EVIDENCE_IDS = 12;
/** Of streaks that know one pattern only. The key is part of what a finding is about: no two are one story (2 is an empty message). */
const ONE_KEY = { wait: 1, condensed: 3, stalled: 4 } as const;

/** The streaks of a session, by the question each answers. */
export interface Streaks {
  /** L0: the same call, whatever came of it. */
  raw: Streak;
  /** L1, L1b: the same call with the same result. */
  repeat: Streak;
  /** L2: the same call, failing. */
  failing: Streak;
  /** L7: the same error. */
  cascade: Streak;
  /** L8: the same message. */
  monologue: Streak;
  /** L9: the same tool, failing. */
  toolFailing: Streak;
  /** L10: condensations. */
  condensed: Streak;
  wait: Streak;
  /** L11: nothing new, whichever the tool. */
  stalled: Streak;
}

/** What `loop` knows about one session. Bounded: a ring, nine streaks, a dozen ids. */
export interface SessionTrack {
  turn: number;
  /** Event time of the newest decision, µs; {@link NEVER} before the first and after a hold was lifted. */
  lastUs: number;
  /** What the session has spent, nano-USD. */
  spent: number;
  /** Steps seen; the unit in which rules say where their pattern began. */
  number: number;
  readonly ring: StepRing;
  readonly streaks: Streaks;
  cascadeTools: number[];
  /** Failures of the streak `stalled`; the rest of it are repeats of what is known. */
  stalledFailures: number;
  /** Those that were not repeats themselves. */
  stalledWays: number;
  readonly ids: EvidenceIds;
  toolName: string;
  /** The newest step is not in the ring (a poll, a wait, the parallel twin of an earlier one): rules of the ring have nothing new to say. */
  stale: boolean;
  /** Step at which a rule last said loop, and the step at which a hold was lifted while it said so; -1 = never. */
  loopedAt: number;
  liftedAt: number;
}

export function createSessionTrack(): SessionTrack {
  return {
    turn: 0,
    lastUs: NEVER,
    spent: 0,
    number: 0,
    ring: new StepRing(),
    streaks: {
      raw: NO_STREAK,
      repeat: NO_STREAK,
      failing: NO_STREAK,
      cascade: NO_STREAK,
      monologue: NO_STREAK,
      toolFailing: NO_STREAK,
      condensed: NO_STREAK,
      wait: NO_STREAK,
      stalled: NO_STREAK,
    },
    cascadeTools: [],
    stalledFailures: 0,
    stalledWays: 0,
    ids: new EvidenceIds(EVIDENCE_IDS),
    toolName: '',
    stale: true,
    loopedAt: -1,
    liftedAt: -1,
  };
}

/** A person spoke: every pattern starts afresh, the absolute cap apart. */
export function beginTurn(track: SessionTrack, turn: number): void {
  track.turn = turn;
  track.ring.clear();
  const { raw: _raw, ...others } = track.streaks;
  for (const streak of Object.values(others)) endStreak(streak);
  track.cascadeTools = [];
}

/** Counts a completed action. */
export function trackAction(track: SessionTrack, step: Step, config: LoopConfig): void {
  note(track, step);
  track.toolName = step.toolName;
  const { streaks } = track;
  countRaw(track, step, config);
  if (step.transient) return;
  endStreak(streaks.monologue);
  endStreak(streaks.condensed);
  if (step.wait) {
    extend(track, 'wait', step, { key: ONE_KEY.wait, second: 0 });
    return;
  }
  endStreak(streaks.wait);
  track.stale = step.poll || step.allowed || !track.ring.push(step, track.spent);
  countRepeat(track, step, config);
  countFailures(track, step);
  countStalled(track, step, config);
}

/** Counts a message of the model. `message` 0 = its text is not known. */
export function trackMessage(track: SessionTrack, step: Step, message: number): void {
  note(track, step);
  if (message === 0) endStreak(track.streaks.monologue);
  else extend(track, 'monologue', step, { key: message, second: 0 });
}

export function trackCondensation(track: SessionTrack, step: Step): void {
  note(track, step);
  extend(track, 'condensed', step, { key: ONE_KEY.condensed, second: 0 });
}

function note(track: SessionTrack, step: Step): void {
  track.number++;
  track.stale = true;
  track.ids.push(step.id);
}

/** The streak of this name, to be written to. */
function begun(streaks: Streaks, name: keyof Streaks): Streak {
  if (streaks[name] === NO_STREAK) streaks[name] = emptyStreak();
  return streaks[name];
}

function extend(track: SessionTrack, name: keyof Streaks, step: Step, keys: { key: number; second: number; gapUs?: number }): void {
  extendStreak(begun(track.streaks, name), {
    step,
    key: keys.key,
    second: keys.second,
    number: track.number,
    spent: track.spent,
    gapUs: keys.gapUs ?? Number.MAX_SAFE_INTEGER,
  });
}

/**
 * L0 counts arrivals, parallel ones too. A clock that runs ahead cannot lower it (the pipeline clamps it); one that claims the past and wide gaps can, until
 * it has caught up with the collector's (docs/detectors/pipeline.md, Limits).
 */
function countRaw(track: SessionTrack, step: Step, config: LoopConfig): void {
  if (step.call === 0 || step.poll) endStreak(track.streaks.raw);
  else
    extendArrivals(begun(track.streaks, 'raw'), {
      key: step.call,
      number: track.number,
      spent: track.spent,
      atUs: step.atUs,
      gapUs: config.l0GapSeconds * 1e6,
    });
}

function countRepeat(track: SessionTrack, step: Step, config: LoopConfig): void {
  const { repeat } = track.streaks;
  if (step.call === 0 || step.result === 0 || step.failed || step.poll || step.allowed) endStreak(repeat);
  else extend(track, 'repeat', step, { key: step.call, second: step.result, gapUs: config.pollGapSeconds * 1e6 });
}

function countFailures(track: SessionTrack, step: Step): void {
  const { failing, cascade, toolFailing } = track.streaks;
  if (step.failed && step.call !== 0 && !step.allowed) extend(track, 'failing', step, { key: step.call, second: 0 });
  else endStreak(failing);
  if ((step.failed || step.empty) && !step.toolAllowed) extend(track, 'toolFailing', step, { key: step.tool, second: 0 });
  else endStreak(toolFailing);
  if (track.cascadeTools.length > 0 && (!step.failed || cascade.key !== step.error)) track.cascadeTools = [];
  if (!step.failed) {
    endStreak(cascade);
    return;
  }
  extend(track, 'cascade', step, { key: step.error, second: 0 });
  if (track.cascadeTools.length < 16 && !track.cascadeTools.includes(step.tool)) track.cascadeTools.push(step.tool);
}

/**
 * A repeat of what is known is no news, unless it comes as late as a poll does: that is waiting for news. An empty answer ends the streak: there
 * are tools that answer nothing by nature (notes), and batches of searches that find nothing.
 */
function countStalled(track: SessionTrack, step: Step, config: LoopConfig): void {
  const { stalled } = track.streaks;
  if (track.stale) return;
  const close = stalled.count > 0 && step.atUs - stalled.atUs < config.pollGapSeconds * 1e6;
  if (!step.failed && (step.blank || !close || !isKnown(track))) {
    endStreak(stalled);
    return;
  }
  const before = stalled.count;
  if (before === 0) {
    track.stalledFailures = 0;
    track.stalledWays = 0;
  }
  extend(track, 'stalled', step, { key: ONE_KEY.stalled, second: 0 });
  if (!step.failed || track.streaks.stalled.count === before) return;
  track.stalledFailures++;
  if (!isKnown(track)) track.stalledWays++;
}

/** The newest step has been taken before, with the same result. */
const isKnown = ({ ring }: SessionTrack): boolean =>
  ring.call(0) !== 0 && ring.isResultKnown(0) && ring.repeats(Number.POSITIVE_INFINITY).count > 1;
