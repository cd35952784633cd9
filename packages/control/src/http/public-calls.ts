import { z } from 'zod';
import { type Call, defineCall } from './call.ts';

const health = defineCall({
  id: 'healthz',
  method: 'GET',
  path: '/healthz',
  plane: 'public',
  summary: 'The process runs.',
  responses: { 200: { description: 'it does', schema: z.object({ status: z.literal('ok') }) } },
  handling: { kind: 'raw', handle: async () => ({ status: 200, body: { status: 'ok' } }) },
});

const ready = defineCall({
  id: 'readyz',
  method: 'GET',
  path: '/readyz',
  plane: 'public',
  summary: 'Commands can be given: the database answers. The log may be away: what is to be published waits in the outbox.',
  responses: {
    200: { description: 'ready', schema: z.object({ status: z.literal('ready'), log: z.boolean() }) },
    503: { description: 'not ready', schema: z.object({ status: z.literal('not_ready'), database: z.boolean(), log: z.boolean() }) },
  },
  handling: {
    kind: 'raw',
    handle: async ({ database, bus }) => {
      const [isDatabaseUp, log] = await Promise.all([database.isHealthy(), bus.isHealthy().catch(() => false)]);
      return isDatabaseUp
        ? { status: 200, body: { status: 'ready', log } }
        : { status: 503, body: { status: 'not_ready', database: false, log } };
    },
  },
});

const keys = defineCall({
  id: 'jwks',
  method: 'GET',
  path: '/.well-known/jwks.json',
  plane: 'public',
  summary: 'Public keys that verify tokens and signed states.',
  responses: { 200: { description: 'JSON Web Key Set', schema: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) } },
  handling: { kind: 'raw', handle: async ({ jwks }) => ({ status: 200, body: jwks }) },
});

const document = defineCall({
  id: 'openapi',
  method: 'GET',
  path: '/openapi.json',
  plane: 'public',
  summary: 'This document.',
  responses: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
  handling: { kind: 'raw', handle: async ({ document: openApi }) => ({ status: 200, body: openApi() }) },
});

/** What needs no token and tells no secret. */
export const publicCalls: readonly Call[] = [health, ready, keys, document];
