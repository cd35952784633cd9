import { type Anomaly, anomalyId, type ConversationStep, type DetectorMode, vocabulary } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import type { Finding } from '../detectors/detector.ts';
import { explain } from '../pipeline/explain.ts';
import { isAcceptedFinding } from '../pipeline/finding-rules.ts';
import { findingToAnomaly } from '../pipeline/finding-to-anomaly.ts';
import { settled } from '../pipeline/mode-of.ts';
import type { Occasion } from '../pipeline/occasion.ts';
import { isStronger } from '../respond/cool-down.ts';
import { type Responded, respond } from '../respond/respond.ts';
import { CONVERSATION_DETECTOR } from './conversation-detector.ts';
import { type Member, memberOf } from './member.ts';
import type { Tree } from './tree.ts';
import type { TreeMatch } from './tree-rules.ts';

/** Members that have been quiet for so long are not part of what goes on. */
const QUIET_US = 3_600_000_000;
/** A session that ended may be opened again for the next message of the same conversation; after so long it will not. */
const ENDED_US = 60_000_000;

interface Context {
  readonly tree: Tree;
  readonly config: DetectorConfig;
  readonly nowUs: number;
}

/**
 * One anomaly for each session of the tree, all of one group: what goes round between agents stops only when all of them do. A session that joins
 * after that is answered when it acts, one whose mode was raised at the next repeat. How many agents may be held at once is decided by control's
 * breaker, which sees the whole tenant.
 */
export function answerTree(step: ConversationStep, match: TreeMatch, { tree, config, nowUs }: Context): readonly Anomaly[] {
  const acting = memberOf(step);
  const id = idOf(acting, match, step);
  const members = membersOf(tree, acting, match);
  const modeOf = (member: Member): DetectorMode => modeOfMember(member, step, match, config);
  const mode = highestMode(members.map(modeOf));
  const admission = tree.coolDown.admit(match.cause, { id, severity: match.severity, mode, atUs: step.endUs });
  const isTold = (member: Member): boolean => admission.isRepeat && tree.told.has(match.cause, member, modeOf(member));
  const isDue = (member: Member): boolean => (member === acting || tree.told.has(match.cause, member, 'shadow')) && !isTold(member);
  const isAccepted = isAcceptedIn(tree, match.cause);
  const answers = (admission.publish ? members : members.filter(isDue)).map((member): Answer => {
    const full = answerMember(member, step, match, { config, nowUs, isAccepted, isCooling: false });
    const isQuiet = isTold(member) && !isStronger(full.responded.response, admission.answered);
    return isQuiet ? answerMember(member, step, match, { config, nowUs, isAccepted, isCooling: true }) : full;
  });
  for (const { member, mode, responded } of answers) {
    tree.coolDown.answered(match.cause, responded.response);
    tree.told.add(match.cause, member, { mode, receivedUs: step.receivedUs });
  }
  return answers.map((answer) => anomalyOf(answer, { step, match, nowUs, groupId: admission.groupId ?? id }));
}

/** Told to be expected or false on any agent of the tree, as the newest word of each agent has it. */
function isAcceptedIn(tree: Tree, cause: string): boolean {
  const newest = new Map([...tree.members.values()].map((member) => [member.agentId, member.accepted]));
  return [...newest.values()].some((accepted) => accepted?.includes(cause));
}

/** The sessions at work, the one that made the step first. */
function membersOf(tree: Tree, acting: Member, { agents }: TreeMatch): readonly Member[] {
  const others = [...tree.members.values()].filter((member) => {
    if (member.agentId === acting.agentId && member.sessionId === acting.sessionId) return false;
    const isOver = member.isEnded && !agents.includes(member.agentId);
    return member.endUs > acting.endUs - (isOver ? ENDED_US : QUIET_US);
  });
  return [acting, ...others];
}

interface Answer {
  readonly member: Member;
  readonly finding: Finding;
  readonly mode: DetectorMode;
  readonly responded: Responded;
}

function answerMember(
  member: Member,
  step: ConversationStep,
  match: TreeMatch,
  facts: { config: DetectorConfig; nowUs: number; isAccepted: boolean; isCooling: boolean },
): Answer {
  const { config, nowUs, isAccepted, isCooling } = facts;
  const on = occasionOf(member, step);
  const finding: Finding = {
    rule: match.rule,
    subject: subjectOf(member, step),
    cause: match.cause,
    score: match.score,
    severity: match.severity,
    explanation: match.sentence,
    decisionIds: match.decisionIds,
    facts: match.facts,
    scope: member.sessionId === undefined ? 'run' : 'session',
  };
  const mode = modeOfMember(member, step, match, config);
  const responded = respond(finding, mode, {
    nowUs,
    receivedUs: step.receivedUs,
    staleAfterUs: config.staleAfterSeconds * 1e6,
    isCooling,
    isAccepted: isAccepted || isAcceptedFinding(on, { type: CONVERSATION_DETECTOR, finding, config }),
    mayKill: false,
    isProbe: false,
    isBreakerOpen: false,
  });
  return { member, finding, mode, responded };
}

const modeOfMember = (member: Member, step: ConversationStep, { rule }: TreeMatch, config: DetectorConfig): DetectorMode =>
  settled(occasionOf(member, step), { detector: CONVERSATION_DETECTOR.id, rule }, { config, override: member.override });

const highestMode = (modes: readonly DetectorMode[]): DetectorMode =>
  vocabulary.DETECTOR_MODES.findLast((mode) => modes.includes(mode)) ?? 'shadow';

function anomalyOf(
  { member, finding, mode, responded }: Answer,
  { step, match, nowUs, groupId }: { step: ConversationStep; match: TreeMatch; nowUs: number; groupId: string },
): Anomaly {
  const on = occasionOf(member, step);
  const id = idOf(member, match, step);
  const explanation = explain(on, finding, { mode, responded, id });
  const group = groupId === id ? {} : { groupId };
  return findingToAnomaly(on, {
    type: CONVERSATION_DETECTOR,
    finding,
    id,
    judgement: { ...responded, explanation, mode, detectedUs: nowUs, ...group },
  });
}

const subjectOf = (member: Member, step: ConversationStep) =>
  ({ kind: 'decision', id: `${step.id}|${member.sessionId ?? member.runId ?? ''}` }) as const;

const idOf = (member: Member, { rule }: TreeMatch, step: ConversationStep): string =>
  anomalyId({
    tenant: member.tenant,
    agentId: member.agentId,
    detector: CONVERSATION_DETECTOR.id,
    detectorVersion: CONVERSATION_DETECTOR.version,
    rule,
    subject: subjectOf(member, step),
  });

const occasionOf = (member: Member, step: ConversationStep): Occasion => ({
  tenant: member.tenant,
  agentId: member.agentId,
  agentName: member.agentName,
  agentVersion: member.agentVersion,
  environment: member.environment,
  runId: member.runId,
  sessionId: member.sessionId,
  decisionId: step.id,
  triggerUs: step.endUs,
  receivedUs: step.receivedUs,
});
