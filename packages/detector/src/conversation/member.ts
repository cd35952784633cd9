import type { ConversationStep } from '@belay/protocol';

/** A session of an agent in a tree, as its newest step had it. */
export type Member = Pick<
  ConversationStep,
  'tenant' | 'agentId' | 'agentName' | 'agentVersion' | 'environment' | 'sessionId' | 'runId' | 'override' | 'accepted' | 'endUs'
> & { readonly isEnded: boolean };

export const memberOf = (step: ConversationStep): Member => ({
  tenant: step.tenant,
  agentId: step.agentId,
  agentName: step.agentName,
  agentVersion: step.agentVersion,
  environment: step.environment,
  sessionId: step.sessionId,
  runId: step.runId,
  override: step.override,
  accepted: step.accepted,
  endUs: step.endUs,
  isEnded: step.kind === 'session_end',
});

/** What tells the members of a tree apart. */
export const memberKey = ({ agentId, sessionId }: Pick<Member, 'agentId' | 'sessionId'>): string => JSON.stringify([agentId, sessionId]);
