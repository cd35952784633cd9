import { anomalySchema, BelayError, type OperatorRole } from '@belay/protocol';
import { z } from 'zod';
import { verifyAudit } from '../ledger/audit.ts';
import { readBreaker } from '../ledger/breaker.ts';
import { readModes } from '../ledger/detector-modes.ts';
import { type AnomalyFacts, readAgents, readAnomalies, readAudit, readCommands, readHolds, readRuns } from '../ledger/reads.ts';
import { openEventStream } from '../stream/state-stream.ts';
import { type Call, defineCall } from './call.ts';
import { detectorStatusOf } from './detector-status.ts';
import { leastEvidenceOf } from './mode-calls.ts';
import { agentFilter, limitQuery } from './paging.ts';
import {
  agentToView,
  agentView,
  auditToView,
  auditView,
  commandToView,
  commandView,
  feedbackToView,
  feedbackView,
  holdToView,
  holdView,
  modeToView,
  modeView,
  runToView,
  runView,
} from './views.ts';

const EVERYONE: readonly OperatorRole[] = ['viewer', 'approver', 'operator', 'admin'];
const AUDITORS: readonly OperatorRole[] = ['operator', 'admin'];
const agentPath = z.object({ agentId: z.string().min(1).max(256) });

const listAgents = defineCall({
  id: 'listAgents',
  method: 'GET',
  path: '/v1/agents',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'Agents, those heard from last first.',
  query: limitQuery,
  responses: { 200: { description: 'agents', schema: z.object({ agents: z.array(agentView) }) } },
  handling: {
    kind: 'read',
    handle: async ({ database }, { query, principal }) => {
      const agents = await readAgents(database.db, principal.tenant, query);
      return { status: 200, body: { agents: agents.map(({ row, ...facts }) => agentToView(row, facts)) } };
    },
  },
});

const getAgent = defineCall({
  id: 'getAgent',
  method: 'GET',
  path: '/v1/agents/{agentId}',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'One agent with its runs and its open holds.',
  params: agentPath,
  responses: { 200: { description: 'the agent', schema: agentView.extend({ runs: z.array(runView), holds: z.array(holdView) }) } },
  handling: {
    kind: 'read',
    handle: async ({ database: { db } }, { params: { agentId }, principal: { tenant } }) => {
      const [agent] = await readAgents(db, tenant, { agentId, limit: 1 });
      if (agent === undefined) throw new BelayError('not_found', `No agent ${JSON.stringify(agentId)} is known to this tenant.`);
      const runs = await readRuns(db, tenant, { agentId, limit: 100 });
      const holds = await readHolds(db, tenant, { agentId, limit: 256 });
      const { row, ...facts } = agent;
      return { status: 200, body: { ...agentToView(row, facts), runs: runs.map(runToView), holds: holds.map(holdToView) } };
    },
  },
});

const listRuns = defineCall({
  id: 'listRuns',
  method: 'GET',
  path: '/v1/runs',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'Runs, those heard from last first.',
  query: agentFilter,
  responses: { 200: { description: 'runs', schema: z.object({ runs: z.array(runView) }) } },
  handling: {
    kind: 'read',
    handle: async ({ database }, { query, principal }) => ({
      status: 200,
      body: { runs: (await readRuns(database.db, principal.tenant, query)).map(runToView) },
    }),
  },
});

const listHolds = defineCall({
  id: 'listHolds',
  method: 'GET',
  path: '/v1/holds',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'Open holds, newest first; with released=true the released ones as well.',
  query: agentFilter.extend({ released: z.enum(['true', 'false']).default('false') }),
  responses: { 200: { description: 'holds', schema: z.object({ holds: z.array(holdView) }) } },
  handling: {
    kind: 'read',
    handle: async ({ database }, { query, principal }) => {
      const holds = await readHolds(database.db, principal.tenant, { ...query, withReleased: query.released === 'true' });
      return { status: 200, body: { holds: holds.map(holdToView) } };
    },
  },
});

const listCommands = defineCall({
  id: 'listCommands',
  method: 'GET',
  path: '/v1/commands',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'Commands with the acknowledgements of each run, newest first.',
  query: agentFilter,
  responses: { 200: { description: 'commands', schema: z.object({ commands: z.array(commandView) }) } },
  handling: {
    kind: 'read',
    handle: async ({ database }, { query, principal }) => {
      const commands = await readCommands(database.db, principal.tenant, query);
      return { status: 200, body: { commands: commands.map(({ row, acks }) => commandToView(row, acks)) } };
    },
  },
});

const listAnomalies = defineCall({
  id: 'listAnomalies',
  method: 'GET',
  path: '/v1/anomalies',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'What detectors found and what came of it, newest first.',
  query: agentFilter,
  responses: {
    200: {
      description: 'anomalies',
      schema: z.object({
        anomalies: z.array(
          z.object({
            anomaly: anomalySchema,
            disposition: z.string(),
            holdId: z.string().nullable(),
            receivedUs: z.number(),
            feedback: feedbackView.nullable(),
          }),
        ),
      }),
    },
  },
  handling: {
    kind: 'read',
    handle: async ({ database }, { query, principal }) => {
      const rows = await readAnomalies(database.db, principal.tenant, query);
      return { status: 200, body: { anomalies: rows.map(anomalyToView) } };
    },
  },
});

const anomalyToView = ({ body, feedback, ...facts }: AnomalyFacts) => ({
  anomaly: body,
  ...facts,
  feedback: feedback === undefined ? null : feedbackToView(feedback),
});

const listDetectors = defineCall({
  id: 'listDetectors',
  method: 'GET',
  path: '/v1/detectors',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'Modes that were set, the blast-radius breaker, and what the detectors say of themselves where they run in reach.',
  responses: {
    200: {
      description: 'detectors',
      schema: z.object({
        detectors: z.array(z.string()),
        modes: z.array(modeView),
        breaker: z
          .object({
            isOpen: z.boolean(),
            heldAgents: z.number().int(),
            limit: z.number().int(),
            windowMs: z.number().int(),
            untilUs: z.number().nullable().describe('when there is room again; null while there is'),
          })
          .describe('open: so many agents were held automatically within the window that no further one is'),
        promotion: z
          .object({ minSpanMs: z.number(), minDecisions: z.number().int() })
          .describe('what a backtest must cover to allow a mode to be raised'),
        status: z.unknown(),
      }),
    },
  },
  handling: {
    kind: 'read',
    handle: async (services, { principal }) => {
      const modes = (await readModes(services.database.db, principal.tenant)).map(modeToView);
      const breaker = await readBreaker(services.database.db, principal.tenant, {
        nowUs: services.clock.nowUs(),
        windowMs: services.settings.breakerWindowMs,
      });
      const { detectors } = services.settings;
      const least = leastEvidenceOf(services.settings);
      const promotion = { minSpanMs: least.spanMs, minDecisions: least.decisions };
      const status = detectorStatusOf(services.detectorStatus?.(), principal.tenant);
      return { status: 200, body: { detectors, modes, breaker, promotion, status } };
    },
  },
});

const listAudit = defineCall({
  id: 'listAudit',
  method: 'GET',
  path: '/v1/audit',
  plane: 'operator',
  roles: AUDITORS,
  summary: 'The audit, newest first.',
  query: limitQuery.extend({ before: z.coerce.number().int().positive().optional().describe('seq; entries older than it') }),
  responses: { 200: { description: 'entries', schema: z.object({ entries: z.array(auditView) }) } },
  handling: {
    kind: 'read',
    handle: async ({ database }, { query, principal }) => ({
      status: 200,
      body: { entries: (await readAudit(database.db, principal.tenant, query)).map(auditToView) },
    }),
  },
});

const checkAudit = defineCall({
  id: 'verifyAudit',
  method: 'GET',
  path: '/v1/audit/verification',
  plane: 'operator',
  roles: AUDITORS,
  summary: 'Walks the hash chain of the audit: is anything missing or changed?',
  responses: {
    200: {
      description: 'the verdict',
      schema: z.union([
        z.object({ intact: z.literal(true), entries: z.number().int(), head: z.string() }),
        z.object({ intact: z.literal(false), seq: z.number().int(), problem: z.string() }),
      ]),
    },
  },
  handling: {
    kind: 'read',
    handle: async ({ database }, { principal }) => ({ status: 200, body: await verifyAudit(database.db, principal.tenant) }),
  },
});

const streamEvents = defineCall({
  id: 'streamEvents',
  method: 'GET',
  path: '/v1/events',
  plane: 'operator',
  roles: EVERYONE,
  summary: 'Control events and anomalies of the tenant as they happen (server-sent events: control, anomaly, ping).',
  responses: { 200: { description: 'event: control | anomaly, data: the event; event: ping', contentType: 'text/event-stream' } },
  handling: { kind: 'stream', handle: (services, { principal }, reply) => openEventStream(services, principal, reply) },
});

/** What operators may look at. */
export const listCalls: readonly Call[] = [
  listAgents,
  getAgent,
  listRuns,
  listHolds,
  listCommands,
  listAnomalies,
  listDetectors,
  listAudit,
  checkAudit,
  streamEvents,
];
