import { BelayError, type OperatorRole } from '@belay/protocol';
import { z } from 'zod';
import { readBacktests, recordBacktest } from '../ledger/backtests.ts';
import { type Call, defineCall } from './call.ts';
import { limitQuery } from './paging.ts';
import { backtestToView, backtestView, detectorTrial } from './views.ts';

const OPERATORS: readonly OperatorRole[] = ['operator', 'admin'];
const EVERYONE: readonly OperatorRole[] = ['viewer', 'approver', 'operator', 'admin'];
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const micros = z.number().int().min(-8.64e15).max(8.64e15);

const record = defineCall({
  id: 'recordBacktest',
  method: 'POST',
  path: '/v1/backtests',
  plane: 'operator',
  roles: OPERATORS,
  summary: 'Record what a configuration of the detectors would have done: what raising a mode needs.',
  body: z.strictObject({
    configDigest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .describe(
        'of the configuration without its modes, and of the versions of the detectors: compare status.configDigest of GET /v1/detectors',
      ),
    detectors: z.array(detectorTrial).min(1).max(64),
    source: z.string().min(1).max(256).describe('history, or the name of a file'),
    fromUs: micros,
    untilUs: micros,
    decisions: count.min(1),
    wouldPause: count,
    wouldNotify: count,
    agentHours: z.number().nonnegative().max(1e12),
  }),
  responses: { 201: { description: 'recorded', schema: backtestView } },
  handling: {
    kind: 'change',
    handle: async (_services, { body, principal }, work) => {
      if (body.untilUs < body.fromUs) throw new BelayError('bad_request', 'The window ends before it begins (untilUs < fromUs).');
      const row = await recordBacktest(work, body, { tenant: principal.tenant, actor: principal.sub });
      return { status: 201, body: backtestToView(row) };
    },
  },
});

const list = defineCall({
  id: 'listBacktests',
  method: 'GET',
  path: '/v1/backtests',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'Recorded backtests, newest first.',
  query: limitQuery,
  responses: { 200: { description: 'backtests', schema: z.object({ backtests: z.array(backtestView) }) } },
  handling: {
    kind: 'read',
    handle: async ({ database }, { query, principal }) => ({
      status: 200,
      body: { backtests: (await readBacktests(database.db, principal.tenant, query.limit)).map(backtestToView) },
    }),
  },
});

/** Recorded backtests. */
export const backtestCalls: readonly Call[] = [record, list];
