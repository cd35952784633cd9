import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bus } from '@belay/bus';
import { BelayError, type Clock, type Random, type TokenVerifier } from '@belay/protocol';
import type { Logger } from 'pino';
import { type CollectorConfig, type CollectorLimits, DEFAULT_LIMITS } from './config.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { createInFlightBytes } from './http/in-flight-bytes.ts';
import { createNewAgentLimit } from './http/new-agent-limit.ts';
import { createOtlpServer } from './http/otlp-server.ts';
import { createSpanMapper } from './mapping/span-mapper.ts';
import { createCollectorMetrics } from './metrics.ts';

export interface CollectorDeps {
  readonly bus: Pick<Bus, 'publisher' | 'isHealthy'>;
  readonly tokens: TokenVerifier;
  readonly clock: Clock;
  readonly random?: Random;
  readonly logger: Logger;
}

/** A running collector. */
export interface Collector {
  /** `http://host:port`, without a path. */
  readonly url: string;
  readonly port: number;
  /** Takes nothing new, waits for what is in hand (at most `drainTimeoutMs`), closes. What was answered 200 is on the log. Idempotent. */
  stop(): Promise<void>;
  /** Prometheus text. */
  metrics(): Promise<string>;
}

/**
 * Starts the collector: OTLP/HTTP in, decision events on `belay.decisions.v1` out (docs/collector.md). Resolves when it listens.
 * @throws BelayError `bad_configuration` on options that cannot work; `unavailable` when the port cannot be had.
 */
export async function createCollector(config: CollectorConfig, deps: CollectorDeps): Promise<Collector> {
  const limits: CollectorLimits = { ...DEFAULT_LIMITS, ...config.limits };
  const inFlight = createInFlightBytes(limits.maxInFlightBytes);
  const metrics = createCollectorMetrics(inFlight.bytes);
  const { clock, tokens, bus, logger } = deps;
  const { server, drain } = createOtlpServer({
    limits,
    authenticator: createAuthenticator({ tokens, clock, cacheMs: limits.tokenCacheMs }),
    inFlight,
    mapper: createSpanMapper(config.mapping),
    newAgents: createNewAgentLimit({ clock, burst: limits.newAgentsBurst, perSecond: limits.newAgentsPerSecond }),
    publisher: bus.publisher,
    bus,
    metrics,
    clock,
    logger,
  });
  const host = config.host ?? '127.0.0.1';
  const port = await listen(server, host, config.port ?? 4318);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  logger.info({ url }, 'collector listens');
  let stopped: Promise<void> | undefined;
  return {
    url,
    port,
    metrics: () => metrics.registry.metrics(),
    stop() {
      drain();
      stopped ??= close(server, limits.drainTimeoutMs).then(() => logger.info({ url }, 'collector stopped'));
      return stopped;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(
        new BelayError(
          'unavailable',
          `The collector cannot listen on ${host}:${port} (${cause.message}); free the port or choose another.`,
          { cause },
        ),
      );
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server, drainTimeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), drainTimeoutMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
