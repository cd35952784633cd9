import { ackSchema, agentKey, BelayError, heartbeatSchema, isAgentId } from '@belay/protocol';
import { z } from 'zod';
import { takeAck } from '../ledger/acks.ts';
import { takeHeartbeat } from '../ledger/runs.ts';
import { waitForState } from '../stream/state-poll.ts';
import { openStateStream } from '../stream/state-stream.ts';
import { requireAgent, requireNamedAgent } from './authenticate.ts';
import { type Call, defineCall } from './call.ts';

const agentId = z.string().refine(isAgentId, 'must be 1–256 bytes of UTF-8 without control characters');
const nonce = z.string().min(8).max(128).describe('comes back in the state, so that an old answer cannot pass for a new one');
const POLL_MAX_MS = 30_000;

const connectQuery = z.object({ agentId, runId: z.string().min(1).max(64), nonce });
const pollQuery = connectQuery.extend({
  epoch: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('the epoch that the agent has; answered at once when it is not the newest'),
  wait: z.coerce.number().int().min(0).max(POLL_MAX_MS).default(0).describe('milliseconds'),
});
const stateAnswer = z.object({ state: z.string().describe('compact JWS of the complete state (EdDSA)') });

const stream = defineCall({
  id: 'streamState',
  method: 'GET',
  path: '/v1/agent/stream',
  plane: 'agent',
  summary: 'The signed state of one agent: at once, and on every change (server-sent events: state, ping).',
  query: connectQuery,
  responses: {
    200: { description: 'event: state, data: {"state": "<JWS>"}, id: <revision>; event: ping', contentType: 'text/event-stream' },
  },
  handling: {
    kind: 'stream',
    handle: async (services, { query, principal }, reply) => {
      requireAgent(principal, query.agentId);
      await openStateStream(services, { principal, agentId: query.agentId, nonce: query.nonce }, reply);
    },
  },
});

const poll = defineCall({
  id: 'pollState',
  method: 'GET',
  path: '/v1/agent/poll',
  plane: 'agent',
  summary: 'The signed state of one agent, when its epoch differs from the one given or the wait is over.',
  query: pollQuery,
  responses: { 200: { description: 'the state', schema: stateAnswer } },
  handling: {
    kind: 'read',
    handle: async (services, { query, principal }) => {
      requireAgent(principal, query.agentId);
      const key = agentKey(principal.tenant, query.agentId);
      const state = await waitForState(services, { key, principal, agentId: query.agentId, epoch: query.epoch, waitMs: query.wait });
      return { status: 200, body: { state: await services.signer.sign(key, state, query.nonce) } };
    },
  },
});

const acks = defineCall({
  id: 'acknowledge',
  method: 'POST',
  path: '/v1/agent/acks',
  plane: 'agent',
  summary: 'What one run did with one command: received, applied, confirmed, rejected or failed.',
  body: ackSchema,
  responses: { 204: { description: 'taken' } },
  handling: {
    kind: 'change',
    handle: async (services, { body, principal }, work) => {
      requireAgent(principal, body.agentId);
      const result = await takeAck(work, principal.tenant, body);
      if (result.outcome === 'unknown_command')
        throw new BelayError('not_found', `There is no command ${body.commandId} for agent ${body.agentId}.`);
      if (result.outcome === 'wrong_epoch')
        throw new BelayError('conflict', `Command ${body.commandId} has epoch ${result.epoch}, not ${body.epoch}.`);
      if (result.outcome === 'too_many_runs')
        throw new BelayError('rate_limited', 'The agent has too many live runs.', { retryAfterMs: 15_000 });
      services.metrics.acks.inc({ state: body.state });
      return { status: 204 };
    },
  },
});

const heartbeats = defineCall({
  id: 'heartbeat',
  method: 'POST',
  path: '/v1/agent/heartbeats',
  plane: 'agent',
  summary: 'One run is alive. The first heartbeat registers the agent and the run.',
  body: heartbeatSchema,
  responses: { 200: { description: 'the agent’s newest epoch', schema: z.object({ epoch: z.number().int() }) } },
  handling: {
    kind: 'change',
    handle: async (services, { body, principal }, work) => {
      requireNamedAgent(principal, { id: body.agentId, name: body.name, environment: body.environment });
      if (!isAgentId(body.agentId)) throw new BelayError('bad_request', 'agentId must be 1–256 bytes of UTF-8 without control characters.');
      const result = await takeHeartbeat(work, principal.tenant, body);
      if (result.outcome === 'too_many_runs') {
        throw new BelayError('rate_limited', `Agent ${body.agentId} has ${result.live} live runs already; end some before starting more.`, {
          retryAfterMs: 15_000,
        });
      }
      if (result.illegal !== undefined) services.metrics.illegalTransitions.inc();
      return { status: 200, body: { epoch: result.epoch } };
    },
  },
});

/** What an agent's token opens: report and obey. */
export const agentCalls: readonly Call[] = [stream, poll, acks, heartbeats];
