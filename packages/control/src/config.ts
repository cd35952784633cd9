import { BelayError, TENANT_PATTERN, vocabulary } from '@belay/protocol';
import { z } from 'zod';

const secret = z.string().min(16, 'a secret needs at least 16 characters');

/** What alerts of one source may do. The default pauses any agent and kills none. */
const allowSchema = z.strictObject({
  /** Globs over agent ids that alerts may hold. */
  agents: z.array(z.string().min(1).max(256)).min(1).default(['*']),
  /** Actions that `belay_action` may ask for. */
  actions: z.array(z.enum(vocabulary.HOLD_ACTIONS)).min(1).default(['pause']),
});

const sourceBase = {
  /** Shown in causes and in the audit, e.g. `grafana-eu`. */
  name: z.string().regex(/^[a-z0-9-]{1,32}$/),
  tenant: z.string().regex(TENANT_PATTERN),
  allow: allowSchema.default({ agents: ['*'], actions: ['pause'] }),
  /** Answer what would happen, change nothing. */
  dryRun: z.boolean().default(false),
};

const grafanaSourceSchema = z.strictObject({
  ...sourceBase,
  /** HMAC secret of the contact point. */
  secret,
  /** Header with the Unix time in seconds that the contact point is told to send. */
  timestampHeader: z.string().default('X-Grafana-Alerting-Timestamp'),
});

const alertmanagerSourceSchema = z.strictObject({ ...sourceBase, /** Bearer secret of the receiver. */ secret });

const positive = (value: number): z.ZodDefault<z.ZodNumber> => z.number().int().positive().default(value);

/** What a person sets. Every field has a default, so `{}` is a working configuration for one machine. */
export const controlConfigSchema = z.strictObject({
  /** Address to listen on. */
  host: z.string().default('127.0.0.1'),
  /** TCP port; 0 = a free one. */
  port: z.number().int().min(0).max(65_535).default(4319),
  /** A run without a heartbeat for this long is `lost`. */
  lostAfterMs: positive(15_000),
  /** *applied* is due this long after a command. */
  appliedDueMs: positive(5_000),
  /** *confirmed* is due this long after the longest time-out in flight. */
  confirmedGraceMs: positive(5_000),
  /** No agent can push its *confirmed* deadline further than this. */
  confirmedMaxMs: positive(600_000),
  /** A detector's hold on a run or session that has ended, or is silent, is released after this. */
  expireAfterMs: positive(86_400_000),
  /** Anomalies older than this when they arrive are recorded, and hold nobody. */
  staleAfterMs: positive(60_000),
  /** Window of the blast-radius breaker. */
  breakerWindowMs: positive(600_000),
  /** How often deadlines and lost runs are looked for. */
  sweepIntervalMs: positive(500),
  /** Keep-alive of streams. */
  pingIntervalMs: positive(5_000),
  /** A stream with more unsent bytes than this is dropped; it gets the full state when it connects again. */
  streamBufferBytes: positive(65_536),
  /** Streams and waiting polls at most, of all agents. */
  maxStreams: positive(20_000),
  /** Streams and waiting polls of one agent at most, and of all operators of a tenant together: nobody takes the others' share. */
  maxStreamsPerAgent: positive(512),
  /** Live runs of one agent at most. */
  maxRunsPerAgent: positive(256),
  /** Largest request body. */
  bodyLimitBytes: positive(65_536),
  /** Largest webhook body. */
  hookBodyLimitBytes: positive(1_048_576),
  /** Calls per second of one token (and agent), sustained; bursts of five times as many pass. */
  ratePerSecond: positive(50),
  /** How far a webhook's timestamp may be from our clock. */
  hookWindowMs: positive(300_000),
  /** How long anomalies, idempotency keys and webhook events are kept. Published outbox rows are kept for ten minutes. */
  keepMs: positive(7 * 86_400_000),
  /** A backtest allows a mode to be raised only when it covers at least so much time, from the start of its first decision to the end of its last. */
  promotionMinSpanMs: z.number().int().nonnegative().default(3_600_000),
  /** … and so many decisions. */
  promotionMinDecisions: z.number().int().nonnegative().default(500),
  /** Ids of the detectors that exist: what `all` means when modes are set. Empty = any id is accepted, and `all` is refused. */
  detectors: z.array(z.string().max(64)).default([]),
  /** Alert sources. Without one, the hook answers 404. */
  hooks: z
    .strictObject({ grafana: z.array(grafanaSourceSchema).default([]), alertmanager: z.array(alertmanagerSourceSchema).default([]) })
    .default({ grafana: [], alertmanager: [] }),
});

export type ControlConfig = z.input<typeof controlConfigSchema>;
export type ControlSettings = z.output<typeof controlConfigSchema>;
export type GrafanaSource = z.output<typeof grafanaSourceSchema>;
export type AlertmanagerSource = z.output<typeof alertmanagerSourceSchema>;
export type AlertSource = GrafanaSource | AlertmanagerSource;

/** @throws BelayError `bad_configuration` naming every problem at once; secrets are not repeated. */
export function parseControlConfig(config: unknown): ControlSettings {
  const parsed = controlConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`);
  throw new BelayError('bad_configuration', `The control configuration has ${problems.length} problem(s): ${problems.join('; ')}.`);
}
