import { createHash } from 'node:crypto';
import { BelayError, canonicalJson, type Json } from '@belay/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { claimKey, keepAnswer } from '../ledger/idempotency.ts';
import type { Services } from '../services.ts';
import type { Principal } from './authenticate.ts';
import type { Answer, Call, CallInput } from './call.ts';
import { bodyOf, limit, parse } from './request-parts.ts';

type Input = CallInput<never, never, never>;

/** How many agents at full rate one token may carry. */
const AGENTS_PER_TOKEN = 200;

/** Registers the calls: authentication, role, rate, validation, then the work; the planes differ in nothing else. */
export function registerCalls(server: FastifyInstance, services: Services, calls: readonly Call[]): void {
  for (const call of calls) {
    server.route({
      method: call.method,
      url: call.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: call.plane === 'hook' ? services.settings.hookBodyLimitBytes : services.settings.bodyLimitBytes,
      handler: async (request, reply) => serve(services, call, request, reply),
    });
  }
}

async function serve(services: Services, call: Call, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { handling } = call;
  if (handling.kind === 'raw') return send(reply, await handling.handle(services, request));
  const input = await inputOf(services, call, request);
  switch (handling.kind) {
    case 'stream':
      return handling.handle(services, input, reply);
    case 'read':
      return send(reply, await handling.handle(services, input));
    case 'change':
      return send(reply, await change(services, call, input, handling.handle));
  }
}

async function inputOf(services: Services, call: Call, request: FastifyRequest): Promise<Input> {
  const plane = call.plane === 'agent' ? 'agent' : 'operator';
  const principal = await authenticated(services, request, plane);
  if (call.roles !== undefined && !(principal.kind === 'operator' && call.roles.includes(principal.role))) {
    throw new BelayError(
      'forbidden',
      `${call.id} needs the role ${call.roles.join(' or ')}; the token has ${principal.kind === 'operator' ? principal.role : 'none'}.`,
    );
  }
  if (principal.kind === 'operator') limit(services, `${principal.tenant}/${principal.jti}`);
  const parts = {
    params: part(call.params, () => request.params, 'path'),
    query: part(call.query, () => request.query, 'query'),
    body: part(call.body, () => bodyOf(request), 'body'),
  };
  if (principal.kind === 'agent') limitAgent(services, principal, parts);
  return { ...parts, principal, request } as unknown as Input;
}

/** A fleet may share one token: each of its agents has the rate to itself, and the token as a whole a wider one. */
function limitAgent(services: Services, { tenant, jti }: Principal, parts: { query: unknown; body: unknown }): void {
  const { agentId } = (parts.body ?? parts.query) as { agentId: string };
  limit(services, `${tenant}/${jti}`, services.settings.ratePerSecond * AGENTS_PER_TOKEN);
  limit(services, `${tenant}/${jti}/${agentId}`);
}

const part = (schema: z.ZodType | undefined, value: () => unknown, name: string): unknown =>
  schema === undefined ? undefined : parse(schema, value(), name);

/** Failed attempts are limited by address, so that guessing is slow and the log is not flooded. */
async function authenticated(services: Services, request: FastifyRequest, plane: 'agent' | 'operator'): Promise<Principal> {
  try {
    return await services.authenticator.authenticate(request.headers.authorization, plane);
  } catch (error) {
    limit(services, `address/${request.ip}`);
    throw error;
  }
}

async function change(
  services: Services,
  call: Call,
  input: Input,
  handle: (services: Services, input: Input, work: Parameters<Parameters<Services['run']>[0]>[0]) => Promise<Answer>,
): Promise<Answer> {
  const key = keyOf(input.request);
  if (key === undefined || call.plane !== 'operator') return services.run((work) => handle(services, input, work));
  const { tenant, sub } = input.principal;
  const identity = { tenant, principal: sub, call: `${call.method} ${call.path}`, key, requestDigest: digest(input) };
  return services.run(async (work) => {
    const claim = await claimKey(work, identity);
    if ('mismatch' in claim) throw new BelayError('conflict', 'This Idempotency-Key was used with another request; use a new one.');
    if ('answer' in claim) return claim.answer;
    const answer = await handle(services, input, work);
    await keepAnswer(work, identity, { status: answer.status, body: answer.body });
    return answer;
  });
}

const idempotencyKey = z.string().min(1).max(128);

function keyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  return header === undefined ? undefined : parse(idempotencyKey, header, 'Idempotency-Key');
}

const digest = (input: Input): string =>
  createHash('sha256')
    .update(canonicalJson({ params: input.params ?? null, body: input.body ?? null } as Json))
    .digest('hex');

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status);
  if (answer.body === undefined) return reply.send();
  return reply.type(answer.contentType ?? 'application/json').send(JSON.stringify(answer.body));
}
