import { createEmbeddedBus, type EmbeddedBus } from '@belay/bus';
import {
  type AgentBinding,
  agentKey,
  type ControlEvent,
  createStateVerifier,
  generateSigningKey,
  mintToken,
  type OperatorRole,
  publicJwks,
  type SignedState,
  systemRandom,
  TOPICS,
  type Topic,
  thumbprintOf,
} from '@belay/protocol';
import { createManualClock, type ManualClock } from '@belay/testkit';
import type { JWK } from 'jose';
import { type Control, type ControlConfig, type ControlDeps, createControl, type Database } from '../index.ts';
import { type EventReader, readEvents } from './event-reader.test-support.ts';

export interface CallOptions {
  token?: string;
  body?: unknown;
  raw?: string;
  headers?: Record<string, string>;
}

export interface CallAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there
  body: any;
  headers: Headers;
}

/** One running control, with its bus, clock and tokens. */
export interface Harness {
  readonly control: Control;
  readonly clock: ManualClock;
  readonly bus: EmbeddedBus;
  readonly tenant: string;
  readonly signingKey: JWK;
  readonly database: Database;
  readonly logs: { level: string; fields: object; message: string }[];
  operator(role?: OperatorRole, options?: { tenant?: string; sub?: string; jti?: string; exp?: number }): Promise<string>;
  agent(pattern?: string, options?: { tenant?: string; jti?: string; exp?: number; bound?: AgentBinding }): Promise<string>;
  call(method: string, path: string, options?: CallOptions): Promise<CallAnswer>;
  stream(agentId: string, options?: { token?: string; nonce?: string; headers?: Record<string, string> }): Promise<EventReader>;
  verify(agentId: string, data: string): Promise<SignedState>;
  /** Everything published on a topic so far, parsed. */
  published<T = ControlEvent>(topic: Topic): Promise<T[]>;
  stop(): Promise<void>;
}

let names = 0;

/** A tenant of its own per harness, so that suites can share one database. */
export async function startHarness(
  database: Database,
  config: ControlConfig = {},
  shared: { bus?: EmbeddedBus; signingKey?: JWK; tenant?: string; clock?: ManualClock } & Pick<
    ControlDeps,
    'detectorStatus' | 'history' | 'driftMetrics'
  > = {},
): Promise<Harness> {
  names += 1;
  const tenant = shared.tenant ?? `t${process.pid}-${names}`;
  const clock = shared.clock ?? createManualClock(Math.round(Date.now() * 1000));
  const bus = shared.bus ?? (await createEmbeddedBus({ path: ':memory:', clock }));
  await bus.ensureTopics();
  const signingKey = shared.signingKey ?? (await generateSigningKey());
  const logs: Harness['logs'] = [];
  const log = (level: string) => (fields: object, message: string) => void logs.push({ level, fields, message });
  const logger = { info: log('info'), warn: log('warn'), error: log('error') };
  const control = await createControl(
    { port: 0, sweepIntervalMs: 3_600_000, ratePerSecond: 10_000, ...config },
    {
      bus,
      database,
      signingKey,
      clock,
      random: systemRandom,
      logger,
      ...(shared.detectorStatus === undefined ? {} : { detectorStatus: shared.detectorStatus }),
      ...(shared.history === undefined ? {} : { history: shared.history }),
      ...(shared.driftMetrics === undefined ? {} : { driftMetrics: shared.driftMetrics }),
    },
  );
  const base = { iat: Math.floor(clock.nowUs() / 1e6) - 10, exp: Math.floor(clock.nowUs() / 1e6) + 36_000 };
  const jti = (): string => crypto.randomUUID();
  const harness: Harness = {
    control,
    clock,
    bus,
    tenant,
    signingKey,
    database,
    logs,
    operator: (role = 'operator', options = {}) =>
      mintToken(signingKey, {
        ...base,
        sub: options.sub ?? 'ann',
        jti: options.jti ?? jti(),
        tenant: options.tenant ?? tenant,
        kind: 'operator',
        role,
        exp: options.exp ?? base.exp,
      }),
    agent: (pattern = '*', options = {}) =>
      mintToken(signingKey, {
        ...base,
        sub: 'fleet',
        jti: options.jti ?? jti(),
        tenant: options.tenant ?? tenant,
        kind: 'agent',
        agents: pattern,
        ...options.bound,
        exp: options.exp ?? base.exp,
      }),
    call: (method, path, options) => send(control.url, method, path, options),
    stream: async (agentId, options = {}) => {
      const query = new URLSearchParams({ agentId, runId: 'r1', nonce: options.nonce ?? 'nonce-0001' });
      return readEvents(`${control.url}/v1/agent/stream?${query}`, {
        authorization: `Bearer ${options.token ?? (await harness.agent())}`,
        ...options.headers,
      });
    },
    verify: async (agentId, data) => {
      const verifier = createStateVerifier({
        thumbprint: await thumbprintOf(signingKey),
        audience: agentKey(tenant, agentId),
        jwks: publicJwks(signingKey),
      });
      const verified = await verifier.verify(JSON.parse(data).state);
      if ('refused' in verified) throw new Error(`state refused: ${verified.refused}`);
      return verified.state;
    },
    published: (topic) => readTopic(bus, topic),
    stop: async () => {
      await control.stop();
      if (shared.bus === undefined) await bus.close();
    },
  };
  return harness;
}

async function send(url: string, method: string, path: string, options: CallOptions = {}): Promise<CallAnswer> {
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers: Record<string, string> = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers };
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
  const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}

let groups = 0;

/** Everything on a topic so far, parsed. */
export async function readTopic<T>(bus: EmbeddedBus, topic: Topic): Promise<T[]> {
  groups += 1;
  const group = `reader-${process.pid}-${groups}`;
  const values: T[] = [];
  const consumer = await bus.consume({
    group,
    topics: [topic],
    startFrom: 'earliest',
    handler: {
      onBatch: async (batch) => {
        for (const message of batch.messages) values.push(...parsed<T>(message.value));
      },
    },
  });
  await eventually(async () => (await bus.lag(group, topic)).every((each) => each.lag === 0n));
  await consumer.stop();
  return values;
}

/** Polls until the condition holds; fails after the deadline. For what other tasks do in their own time. */
export async function eventually(condition: () => boolean | Promise<boolean>, deadlineMs = 100_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not true within ${deadlineMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const heartbeat = (agentId: string, more: object = {}) => ({
  agentId,
  runId: 'r1',
  state: 'running',
  epoch: 0,
  lastSeq: 0,
  inFlightSeqs: [],
  sessions: [],
  longestTimeoutMs: 0,
  droppedSpans: 0,
  atUs: 1,
  ...more,
});

export const ackOf = (agentId: string, commandId: string, epoch: number, state: string, more: object = {}) => ({
  agentId,
  commandId,
  epoch,
  runId: 'r1',
  state,
  atUs: 1,
  lastStartedSeq: 7,
  inFlight: 0,
  ...more,
});

/** Registers an agent by its first heartbeat. */
export async function register(harness: Harness, agentId: string, more: object = {}): Promise<void> {
  const answer = await harness.call('POST', '/v1/agent/heartbeats', { token: await harness.agent(), body: heartbeat(agentId, more) });
  if (answer.status !== 200) throw new Error(`heartbeat: ${answer.status} ${JSON.stringify(answer.body)}`);
}

export const TOPIC = TOPICS;

function parsed<T>(value: Uint8Array | undefined): T[] {
  try {
    return [JSON.parse(new TextDecoder().decode(value)) as T];
  } catch {
    return [];
  }
}
