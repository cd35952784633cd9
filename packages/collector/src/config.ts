import type { SpanMapperOptions } from './mapping/span-mapper.ts';

/** Bounds on what callers can make the collector hold or do. */
export interface CollectorLimits {
  /** Body as sent, bytes. Over it: 413. Default 8 MiB. */
  readonly maxBodyBytes: number;
  /** Body after gzip or deflate, bytes. Over it: 413. Default 20 MiB. */
  readonly maxDecodedBytes: number;
  /** Bodies and events in hand over all requests, bytes of declared or received body. Over it: 503 with Retry-After. Default 128 MiB. */
  readonly maxInFlightBytes: number;
  /** Open connections; more are closed at once. Default 2,000. */
  readonly maxConnections: number;
  /** Time for the request line and headers, ms. Default 10,000. */
  readonly headersTimeoutMs: number;
  /** Time for the whole request to arrive, ms. Default 30,000. */
  readonly requestTimeoutMs: number;
  /** Idle time of a kept connection, ms. Default 65,000: longer than common load balancers'. */
  readonly keepAliveTimeoutMs: number;
  /** Time for the log to acknowledge, ms; then 503, and the exporter sends again. Default 10,000. */
  readonly publishTimeoutMs: number;
  /** Time for requests in hand to finish at `stop`, ms. Default 10,000. */
  readonly drainTimeoutMs: number;
  /** How long a verified token is believed without asking again, ms; a revocation takes this long to bite. Default 10,000. */
  readonly tokenCacheMs: number;
  /** Agent ids not seen before that one token may bring at once. Over it: 429. Default 1,000. */
  readonly newAgentsBurst: number;
  /** New agent ids that one token earns per second. Default 10. */
  readonly newAgentsPerSecond: number;
}

export interface CollectorConfig {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 4318; 0 = any free port. */
  readonly port?: number;
  readonly mapping: SpanMapperOptions;
  readonly limits?: Partial<CollectorLimits>;
}

const MIB = 1_048_576;

export const DEFAULT_LIMITS: CollectorLimits = {
  maxBodyBytes: 8 * MIB,
  maxDecodedBytes: 20 * MIB,
  maxInFlightBytes: 128 * MIB,
  maxConnections: 2_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  publishTimeoutMs: 10_000,
  drainTimeoutMs: 10_000,
  tokenCacheMs: 10_000,
  newAgentsBurst: 1_000,
  newAgentsPerSecond: 10,
};
