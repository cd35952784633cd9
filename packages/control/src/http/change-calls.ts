import { BelayError, holdSchema, isAgentId, type OperatorRole, vocabulary } from '@belay/protocol';
import { z } from 'zod';
import { type HoldRequest, placeHold, releaseHold } from '../ledger/holds.ts';
import { revokeToken } from '../ledger/revocation.ts';
import { type Call, defineCall } from './call.ts';

const OPERATORS: readonly OperatorRole[] = ['operator', 'admin'];
const ADMINS: readonly OperatorRole[] = ['admin'];
const agentId = z.string().min(1).max(256);
const reason = z.string().trim().min(1).max(1024);

const holdBody = z.strictObject({
  action: z.enum(vocabulary.HOLD_ACTIONS),
  scope: z.enum(vocabulary.HOLD_SCOPES).default('agent'),
  scopeId: z.string().min(1).max(256).optional().describe('session or run id; not needed for the scope agent'),
  reason: reason.describe('shown to the agent’s model and to people'),
});

function scopeIdOf(body: z.output<typeof holdBody>, agent: string): string {
  if (body.scope === 'agent') return agent;
  if (body.scopeId === undefined) throw new BelayError('bad_request', `A hold on a ${body.scope} needs scopeId: which ${body.scope}?`);
  return body.scopeId;
}

const place = defineCall({
  id: 'placeHold',
  method: 'POST',
  path: '/v1/agents/{agentId}/holds',
  plane: 'operator',
  roles: OPERATORS,
  summary: 'Pause or kill an agent, one of its runs, or one of its sessions.',
  params: z.object({ agentId }),
  body: holdBody,
  responses: {
    201: { description: 'the hold is in force', schema: z.object({ hold: holdSchema, epoch: z.number().int(), commandId: z.string() }) },
  },
  handling: {
    kind: 'change',
    handle: async (services, { params, body, principal }, work) => {
      const request: HoldRequest = {
        tenant: principal.tenant,
        agentId: params.agentId,
        action: body.action,
        scope: body.scope,
        scopeId: scopeIdOf(body, params.agentId),
        reason: body.reason,
        cause: { kind: 'operator', ref: principal.sub },
        actor: principal.sub,
      };
      const result = isAgentId(params.agentId) ? await placeHold(work, request) : { outcome: 'unknown_agent' as const };
      if (result.outcome === 'unknown_agent')
        throw new BelayError('not_found', `No agent ${JSON.stringify(params.agentId)} is known to this tenant. "belay agents" lists them.`);
      if (result.outcome !== 'placed')
        throw new BelayError('conflict', 'The agent has as many open holds as a state can carry; release some first.');
      services.metrics.holds.inc({ cause: 'operator', outcome: 'placed' });
      return { status: 201, body: { hold: result.hold, epoch: result.epoch, commandId: result.commandId } };
    },
  },
});

const release = defineCall({
  id: 'releaseHold',
  method: 'DELETE',
  path: '/v1/agents/{agentId}/holds/{holdId}',
  plane: 'operator',
  roles: OPERATORS,
  summary: 'Release one hold; the agent acts again when none is left.',
  params: z.object({ agentId, holdId: z.string().min(1).max(64) }),
  body: z.strictObject({ reason: reason.optional() }).optional(),
  responses: {
    200: {
      description: 'released',
      schema: z.object({
        epoch: z.number().int(),
        commandId: z.string(),
        openHolds: z.number().int().describe('holds that still stop the agent'),
      }),
    },
  },
  handling: {
    kind: 'change',
    handle: async (_services, { params, body, principal }, work) => {
      const result = await releaseHold(work, {
        tenant: principal.tenant,
        agentId: params.agentId,
        holdId: params.holdId,
        reason: body?.reason ?? 'released by an operator',
        actor: principal.sub,
      });
      if (result.outcome === 'unknown_hold')
        throw new BelayError('not_found', `Agent ${JSON.stringify(params.agentId)} has no hold ${JSON.stringify(params.holdId)}.`);
      if (result.outcome === 'already_released') throw new BelayError('conflict', `Hold ${params.holdId} was released before.`);
      return { status: 200, body: { epoch: result.epoch, commandId: result.commandId, openHolds: result.openHolds } };
    },
  },
});

const revoke = defineCall({
  id: 'revokeToken',
  method: 'POST',
  path: '/v1/tokens/revoke',
  plane: 'operator',
  roles: ADMINS,
  summary: 'Take a token of this tenant away, at once and for good; its open streams are closed.',
  body: z.strictObject({ jti: z.string().min(1).max(64) }),
  responses: { 200: { description: 'revoked', schema: z.object({ jti: z.string(), isNew: z.boolean() }) } },
  handling: {
    kind: 'change',
    handle: async (_services, { body, principal }, work) => {
      const { isNew } = await revokeToken(work, { tenant: principal.tenant, jti: body.jti, actor: principal.sub });
      return { status: 200, body: { jti: body.jti, isNew } };
    },
  },
});

/** What operators may change about agents and tokens. */
export const changeCalls: readonly Call[] = [place, release, revoke];
