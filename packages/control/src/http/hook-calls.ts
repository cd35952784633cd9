import { BelayError } from '@belay/protocol';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AlertmanagerSource, GrafanaSource } from '../config.ts';
import { toStorable } from '../database/storable.ts';
import { alertmanagerPayloadSchema, grafanaPayloadSchema } from '../hooks/alert-payload.ts';
import { ALERT_OUTCOMES } from '../hooks/apply-alert.ts';
import { isSameSecret, verifyGrafanaSignature } from '../hooks/grafana-signature.ts';
import { deliveryState, type Refusal, refusalOf, rememberDelivery, takeAlerts } from '../hooks/take-alerts.ts';
import type { Services } from '../services.ts';
import { type Answer, type Call, defineCall } from './call.ts';
import { bodyOf, limit, parse } from './request-parts.ts';

const answerSchema = z.object({
  source: z.string(),
  dryRun: z.boolean(),
  truncatedAlerts: z.number().int().describe('alerts that the sender cut off; control has not seen them'),
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      status: z.enum(['firing', 'resolved']),
      outcome: z.enum(ALERT_OUTCOMES),
      agentId: z.string().optional(),
      holdIds: z.array(z.string()).optional(),
      detail: z.string().optional(),
    }),
  ),
});
const responses = {
  200: {
    description: 'what came of each alert; refusals of single alerts are here too, so that the sender does not try again in vain',
    schema: answerSchema,
  },
};

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
};

const bytesOf = (request: FastifyRequest): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

/** One odd character in a label must not make the whole group fail. */
const mended = (request: FastifyRequest): unknown => toStorable(bodyOf(request));

const grafana = defineCall({
  id: 'grafanaAlerts',
  method: 'POST',
  path: '/v1/hooks/grafana',
  plane: 'hook',
  summary: 'Alerts of a Grafana webhook contact point: X-Grafana-Alerting-Signature over timestamp:body, payload version 1.',
  body: grafanaPayloadSchema,
  responses,
  handling: { kind: 'raw', handle: takeGrafana },
});

async function takeGrafana(services: Services, request: FastifyRequest): Promise<Answer> {
  const signature = header(request, 'x-grafana-alerting-signature') ?? '';
  const source = grafanaSource(services, request, signature);
  limit(services, `hook/${source.name}`);
  if ((await deliveryState(services, source, signature)) === 'replayed') {
    services.metrics.hookRefused.inc({ source: source.name });
    throw new BelayError('conflict', 'This delivery was taken before; it changes nothing.');
  }
  const body = await takeAlerts(services, source, parse(grafanaPayloadSchema, mended(request), 'body'));
  await rememberDelivery(services, source, signature);
  return { status: 200, body };
}

function grafanaSource(services: Services, request: FastifyRequest, signature: string): GrafanaSource {
  const sources = services.settings.hooks.grafana;
  if (sources.length === 0) throw new BelayError('not_found', 'No Grafana source is configured (hooks.grafana).');
  let refused: Refusal = 'bad_signature';
  for (const source of sources) {
    const verdict = verifyGrafanaSignature({
      secret: source.secret,
      signature,
      timestamp: header(request, source.timestampHeader),
      body: bytesOf(request),
      nowUs: services.clock.nowUs(),
      windowMs: services.settings.hookWindowMs,
    });
    if ('valid' in verdict) return source;
    if (verdict.refused !== 'bad_signature') refused = verdict.refused;
  }
  return refuse(services, request, 'grafana', refused);
}

const alertmanager = defineCall({
  id: 'alertmanagerAlerts',
  method: 'POST',
  path: '/v1/hooks/alertmanager',
  plane: 'hook',
  summary: 'Alerts of an Alertmanager webhook receiver: bearer secret, payload version 4.',
  body: alertmanagerPayloadSchema,
  responses,
  handling: { kind: 'raw', handle: takeAlertmanager },
});

async function takeAlertmanager(services: Services, request: FastifyRequest): Promise<Answer> {
  const source = alertmanagerSource(services, request);
  limit(services, `hook/${source.name}`);
  return { status: 200, body: await takeAlerts(services, source, parse(alertmanagerPayloadSchema, mended(request), 'body')) };
}

function alertmanagerSource(services: Services, request: FastifyRequest): AlertmanagerSource {
  const sources = services.settings.hooks.alertmanager;
  if (sources.length === 0) throw new BelayError('not_found', 'No Alertmanager source is configured (hooks.alertmanager).');
  const given = /^Bearer (.{1,512})$/i.exec(header(request, 'authorization') ?? '')?.[1] ?? '';
  return sources.find((source) => isSameSecret(source.secret, given)) ?? refuse(services, request, 'alertmanager', 'bad_secret');
}

function refuse(services: Services, request: FastifyRequest, kind: string, refused: Refusal): never {
  services.metrics.hookRefused.inc({ source: kind });
  limit(services, `address/${request.ip}`);
  throw refusalOf(refused);
}

/** Signed hooks in: alerts that hold and release. */
export const hookCalls: readonly Call[] = [grafana, alertmanager];
