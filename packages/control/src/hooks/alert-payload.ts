import { z } from 'zod';

const texts = z.record(z.string().max(256), z.string().max(16_384));

/** One alert, as Grafana and Alertmanager both send it; fields that control has no use for are ignored. */
const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: z.string().max(64),
  generatorURL: z.string().max(16_384).optional(),
  /** Digest of the labels: the identity of the alert. */
  fingerprint: z.string().min(1).max(128),
});
export type Alert = z.output<typeof alertSchema>;

const group = {
  receiver: z.string().max(1_024).default(''),
  alerts: z.array(alertSchema).max(1_000),
  /** Alerts that the sender has cut off. */
  truncatedAlerts: z.number().int().nonnegative().default(0),
};

/** Body of a Grafana webhook contact point, payload version 1 (grafana.com/docs: webhook notifier). */
export const grafanaPayloadSchema = z.object({ version: z.literal('1'), ...group });

/** Body of an Alertmanager webhook receiver, payload version 4 (prometheus.io/docs: webhook_config). */
export const alertmanagerPayloadSchema = z.object({ version: z.literal('4'), ...group });

export type AlertGroup = z.output<typeof grafanaPayloadSchema> | z.output<typeof alertmanagerPayloadSchema>;
