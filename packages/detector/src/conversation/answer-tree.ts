import { type Anomaly, anomalyId, type ConversationStep } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import type { Finding } from '../detectors/detector.ts';
import { explain } from '../pipeline/explain.ts';
import { isAcceptedFinding } from '../pipeline/finding-rules.ts';
import { findingToAnomaly } from '../pipeline/finding-to-anomaly.ts';
import type { Occasion } from '../pipeline/occasion.ts';
import { isStronger } from '../respond/cool-down.ts';
import { type Responded, respond } from '../respond/respond.ts';
import { CONVERSATION_DETECTOR } from './conversation-detector.ts';
import type { Member, Tree } from './tree.ts';
import type { TreeMatch } from './tree-rules.ts';

/** Members that have been quiet for so long are not part of what goes on. */
const ACTIVE_US = 3_600_000_000;

interface Context {
  readonly tree: Tree;
  readonly config: DetectorConfig;
  readonly nowUs: number;
}

/**
 * One anomaly for each session of the tree, all of one group: what goes round between agents stops only when all of them do. How many agents may
 * be held at once is decided by control's breaker, which sees the whole tenant.
 */
export function answerTree(step: ConversationStep, match: TreeMatch, { tree, config, nowUs }: Context): readonly Anomaly[] {
  const id = idOf(step, match, step);
  const admission = tree.coolDown.admit(match.cause, { id, severity: match.severity, atUs: step.endUs });
  if (!admission.publish) return [];
  const answers = membersOf(tree, step).map((member) => {
    const full = answerMember(member, step, match, { config, nowUs, isCooling: false });
    const isQuiet = admission.isRepeat && !isStronger(full.responded.response, admission.answered);
    return isQuiet ? answerMember(member, step, match, { config, nowUs, isCooling: true }) : full;
  });
  for (const { responded } of answers) tree.coolDown.answered(match.cause, responded.response);
  return answers.map(({ member, finding, responded }) => {
    const on = occasionOf(member, step);
    const ownId = idOf(member, match, step);
    const group = admission.groupId ?? id;
    return findingToAnomaly(on, {
      type: CONVERSATION_DETECTOR,
      finding,
      id: ownId,
      judgement: {
        ...responded,
        explanation: explain(on, finding, { mode: member.mode, responded, id: ownId }),
        mode: member.mode,
        detectedUs: nowUs,
        ...(group === ownId ? {} : { groupId: group }),
      },
    });
  });
}

/** The sessions at work, whoever made the step first. */
const membersOf = (tree: Tree, step: ConversationStep): readonly Member[] => [
  step,
  ...[...tree.members.values()].filter(
    (member) => (member.agentId !== step.agentId || member.sessionId !== step.sessionId) && member.endUs > step.endUs - ACTIVE_US,
  ),
];

interface Answer {
  readonly member: Member;
  readonly finding: Finding;
  readonly responded: Responded;
}

function answerMember(
  member: Member,
  step: ConversationStep,
  match: TreeMatch,
  { config, nowUs, isCooling }: { config: DetectorConfig; nowUs: number; isCooling: boolean },
): Answer {
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
  const responded = respond(finding, member.mode, {
    nowUs,
    receivedUs: step.receivedUs,
    staleAfterUs: config.staleAfterSeconds * 1e6,
    isCooling,
    isAccepted: isAcceptedFinding(occasionOf(member, step), { type: CONVERSATION_DETECTOR, finding, config }),
    mayKill: false,
    isProbe: false,
    isBreakerOpen: false,
  });
  return { member, finding, responded };
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
