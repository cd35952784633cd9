import type { OutgoingMessage, Publisher } from '@belay/bus';
import {
  createTokenVerifier,
  type DecisionEvent,
  generateSigningKey,
  mintToken,
  publicJwks,
  systemClock,
  type TokenClaims,
} from '@belay/protocol';
import { pino } from 'pino';
import type { CollectorLimits } from '../config.ts';
import { type Collector, type CollectorConfig, type CollectorDeps, createCollector } from '../index.ts';

/** A log that keeps everything in memory; `publish` can be replaced to fail or to hang. */
export interface RecordingLog {
  readonly publisher: Publisher;
  readonly messages: OutgoingMessage[];
  readonly events: () => DecisionEvent[];
  behaviour: () => Promise<void>;
  healthy: boolean;
}

export function createRecordingLog(): RecordingLog {
  const messages: OutgoingMessage[] = [];
  const log: RecordingLog = {
    messages,
    behaviour: () => Promise.resolve(),
    healthy: true,
    events: () =>
      messages.flatMap(({ value }) =>
        Buffer.from(value ?? [])
          .toString()
          .split('\n')
          .map((line) => JSON.parse(line) as DecisionEvent),
      ),
    publisher: {
      async publish(batch) {
        await log.behaviour();
        messages.push(...batch);
      },
    },
  };
  return log;
}

export interface TestCollector extends Collector {
  readonly log: RecordingLog;
  token(claims?: Partial<TokenClaims>): Promise<string>;
  /** Posts a body to /v1/traces with a good token unless told otherwise. */
  post(body: string | Buffer<ArrayBuffer>, headers?: Record<string, string>): Promise<Response>;
}

/** Longer than any test may take: what a test does not set ends because something happened, never because the machine stood still. */
export const FOREVER_MS = 600_000;
const PATIENT: Partial<CollectorLimits> = {
  headersTimeoutMs: FOREVER_MS,
  requestTimeoutMs: FOREVER_MS,
  keepAliveTimeoutMs: FOREVER_MS,
  publishTimeoutMs: FOREVER_MS,
  drainTimeoutMs: FOREVER_MS,
};

export const HASH_KEY: Uint8Array = new Uint8Array(32).fill(7);

/** A collector on a free port, in front of a recording log. */
export async function startCollector(
  config: Partial<CollectorConfig> = {},
  log: RecordingLog = createRecordingLog(),
): Promise<TestCollector> {
  const bus = { publisher: log.publisher, isHealthy: () => Promise.resolve(log.healthy) };
  return { ...(await startCollectorOn(bus, config)), log };
}

/** A collector on a free port, in front of any log. */
export async function startCollectorOn(
  bus: CollectorDeps['bus'],
  config: Partial<CollectorConfig> = {},
): Promise<Omit<TestCollector, 'log'>> {
  const key = await generateSigningKey();
  const tokens = createTokenVerifier({ jwks: publicJwks(key), clock: systemClock });
  const logger = pino({ level: 'silent' });
  const collector = await createCollector(
    { port: 0, mapping: { hashKey: HASH_KEY }, ...config, limits: { ...PATIENT, ...config.limits } },
    { bus, tokens, clock: systemClock, logger },
  );
  const nowS = Math.floor(Date.now() / 1000);
  const token = (claims: Partial<TokenClaims> = {}): Promise<string> =>
    mintToken(key, { sub: 'test', jti: 't1', iat: nowS, exp: nowS + 86_400, tenant: 'acme', kind: 'agent', agents: '*', ...claims });
  const standard = await token();
  return {
    ...collector,
    token,
    post: (body, headers = {}) =>
      fetch(`${collector.url}/v1/traces`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${standard}`, 'content-type': 'application/json', ...headers },
      }),
  };
}
