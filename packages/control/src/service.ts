import { randomBytes } from 'node:crypto';
import type { Bus } from '@belay/bus';
import { type Anomaly, BelayError, type Clock, createTokenVerifier, type Json, publicJwks, type Random, uuidv7 } from '@belay/protocol';
import type { JWK } from 'jose';
import { consumeAnomalies } from './anomalies/anomaly-consumer.ts';
import type { Disposition } from './anomalies/take-anomaly.ts';
import { type ControlConfig, type ControlSettings, parseControlConfig } from './config.ts';
import type { Database } from './database/database.ts';
import { createAuthenticator } from './http/authenticate.ts';
import { closeHttpServer, createHttpServer } from './http/http-server.ts';
import { createRateLimiter } from './http/rate-limiter.ts';
import { createRevocations, type Revocations } from './ledger/revocation.ts';
import { type Changes, createRunWork, parseNotice } from './ledger/work.ts';
import type { Logger } from './logger.ts';
import { createControlMetrics } from './metrics.ts';
import { openApiDocument } from './openapi/document.ts';
import { createOutboxPublisher, type OutboxPublisher } from './outbox/outbox-publisher.ts';
import type { DriftMetricsReader, HistoryReader, Services } from './services.ts';
import { createStateSigner, readAgentState } from './stream/agent-state.ts';
import { createEventFeed } from './stream/event-feed.ts';
import { createStateHub } from './stream/state-hub.ts';
import { createStreamRegistry } from './stream/stream-registry.ts';
import { createSweeper, type Sweeper } from './sweeper.ts';

/** How long calls in hand may take when control stops. */
const STOP_GRACE_MS = 5_000;

export interface ControlDeps {
  readonly bus: Bus;
  /** Migrated at start; closed by its owner. */
  readonly database: Database;
  /** Private Ed25519 key: signs states, verifies tokens. */
  readonly signingKey: JWK;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What the detectors say of themselves, where they run in the same process; shown by `GET /v1/detectors`. */
  readonly detectorStatus?: () => Json;
  /** Reads the archive's history, where it runs in the same process; served by `GET /v1/history/records`. */
  readonly history?: HistoryReader;
  /** The same for what drift measures; served by `GET /v1/metrics/drift`. */
  readonly driftMetrics?: DriftMetricsReader;
}

export interface Control {
  /** `http://host:port` */
  readonly url: string;
  readonly port: number;
  /** Looks for lost runs and overdue acknowledgements now. */
  sweep(): Promise<void>;
  /** Closes streams, finishes calls and the outbox row in hand. Idempotent. */
  stop(): Promise<void>;
  /** Prometheus text. */
  metrics(): Promise<string>;
}

const ASKED_FOR_A_HOLD: ReadonlySet<Disposition> = new Set(['placed', 'already_held', 'breaker_open', 'too_many_holds', 'unknown_agent']);

interface Signals {
  committed(changes: Changes): void;
}

/**
 * Starts control: migrates the database, serves the HTTP interface, consumes anomalies, publishes the outbox.
 * @throws BelayError `bad_configuration` naming every problem; `unavailable` when the database does not answer or the port is taken.
 */
export async function createControl(config: ControlConfig, deps: ControlDeps): Promise<Control> {
  const settings = parseControlConfig(config);
  await deps.database.migrate();
  const signals: Signals = { committed: () => undefined };
  const revocations = createRevocations(deps.database.db);
  const services = wire(settings, deps, revocations, signals);
  await revocations.refresh();
  await services.feed.poll();
  const outbox = createOutboxPublisher({
    database: deps.database,
    bus: deps.bus,
    nowUs: deps.clock.nowUs,
    logger: deps.logger,
    onPublished: (rows) => services.metrics.outboxPublished.inc(rows),
    onFailed: () => services.metrics.outboxFailures.inc(),
  });
  signals.committed = (changes) => react(services, outbox, revocations, changes);
  const gap = (): void => react(services, outbox, revocations, { agents: [], outbox: true, tokens: true }, { isGap: true });
  const listener = await deps.database.listen((payload) => hear(payload, signals, gap), gap);
  const consumer = await startConsumer(services);
  const sweeper = startSweeper(services, outbox, revocations);
  outbox.wake();
  const server = createHttpServer(services);
  const pings = setInterval(() => keepAlive(services, revocations), settings.pingIntervalMs);
  pings.unref();
  const stop = once(async () => {
    clearInterval(pings);
    services.streams.closeAll();
    await closeHttpServer(server, STOP_GRACE_MS);
    await consumer.stop();
    await sweeper.stop();
    // What was answered reaches the log, and with it the history, now and not at the next start.
    await outbox.drain();
    await outbox.stop();
    await listener.stop();
  });
  const url = await listen(server, settings).catch(async (cause: unknown) => {
    await stop();
    throw new BelayError(
      'unavailable',
      `Control cannot listen on ${settings.host}:${settings.port}. Is the port taken? Choose another one (port, or 0 for a free one).`,
      { cause },
    );
  });
  return { url, port: Number(new URL(url).port), sweep: sweeper.sweep, stop, metrics: () => metricsOf(services) };
}

function wire(settings: ControlSettings, deps: ControlDeps, revocations: Revocations, signals: Signals): Services {
  const { database, clock, signingKey, logger, bus } = deps;
  const newId = (): string => uuidv7(clock, randomBytes);
  const nowUs = (): number => clock.nowUs();
  const jwks = publicJwks(signingKey);
  const readState = (tenant: string, agentId: string) => readAgentState(database.db, tenant, agentId);
  const signer = createStateSigner({ signingKey, nowUs, newId });
  return {
    settings,
    database,
    bus,
    clock,
    logger,
    run: createRunWork({ database, settings, nowUs, newId, onCommitted: (changes) => signals.committed(changes) }),
    authenticator: createAuthenticator({ tokens: createTokenVerifier({ jwks, clock }), isRevoked: revocations.has }),
    limiter: createRateLimiter(() => clock.monotonicUs()),
    hub: createStateHub({ read: readState, signer, logger }),
    streams: createStreamRegistry({ max: settings.maxStreams, maxPerOwner: settings.maxStreamsPerAgent }),
    signer,
    feed: createEventFeed(database.db),
    metrics: createControlMetrics(),
    jwks,
    readState,
    document: openApiDocument,
    detectorStatus: deps.detectorStatus,
    history: deps.history,
    driftMetrics: deps.driftMetrics,
    historyReaders: new Set(),
  };
}

/** After a commit here, or a notice of one elsewhere. Doing it twice is harmless: subscribers take newer epochs only. */
function react(
  services: Services,
  outbox: OutboxPublisher,
  revocations: Revocations,
  changes: Changes,
  options: { isGap?: boolean } = {},
): void {
  const failed = (error: unknown): void =>
    services.logger.error({ error: String(error) }, 'A change could not be followed up at once; the next sweep does it.');
  for (const key of changes.agents) void services.hub.refresh(key);
  if (options.isGap === true) void services.hub.refreshAll();
  if (changes.outbox) {
    outbox.wake();
    services.feed.poll().catch(failed);
  }
  if (changes.tokens) {
    revocations
      .refresh()
      .then(() => closeEnded(services, revocations))
      .catch(failed);
  }
}

/** Whoever may use the database may write to its channel: what is no notice of ours must not end the process; something may have changed. */
function hear(payload: string, signals: Signals, gap: () => void): void {
  const changes = parseNotice(payload);
  if (changes === undefined) gap();
  else signals.committed(changes);
}

function closeEnded(services: Services, revocations: Revocations): void {
  const nowUs = services.clock.nowUs();
  services.streams.closeWhere((principal) => principal.expUs <= nowUs || revocations.has(principal.tenant, principal.jti));
}

function keepAlive(services: Services, revocations: Revocations): void {
  closeEnded(services, revocations);
  services.streams.pingAll();
}

function startConsumer(services: Services): Promise<{ stop(): Promise<void> }> {
  return consumeAnomalies({
    bus: services.bus,
    run: services.run,
    logger: services.logger,
    onBuried: () => services.metrics.buried.inc(),
    nowUs: () => services.clock.nowUs(),
    onTaken: (anomaly, disposition) => {
      services.metrics.anomalies.inc({ disposition });
      if (ASKED_FOR_A_HOLD.has(disposition)) services.metrics.holds.inc({ cause: 'anomaly', outcome: disposition });
      if (disposition !== 'repeat') services.feed.announce(anomaly.tenant, { type: 'anomaly', event: asAnswered(anomaly, disposition) });
    },
  });
}

/** Who watches live must not take a refused hold for one that was placed. */
const asAnswered = (anomaly: Anomaly, disposition: Disposition): Anomaly =>
  disposition === 'breaker_open' ? { ...anomaly, response: 'notify', suppressed: 'breaker' } : anomaly;

function startSweeper(services: Services, outbox: OutboxPublisher, revocations: Revocations): Sweeper {
  let rounds = 0;
  return createSweeper({
    db: services.database.db,
    run: services.run,
    metrics: services.metrics,
    logger: services.logger,
    settings: services.settings,
    nowUs: () => services.clock.nowUs(),
    also: async () => {
      rounds += 1;
      if (rounds % 10 !== 0) return;
      outbox.wake();
      await revocations.refresh();
      await services.hub.refreshAll();
    },
  });
}

const listen = (server: ReturnType<typeof createHttpServer>, settings: ControlSettings): Promise<string> =>
  server.listen({ host: settings.host, port: settings.port });

async function metricsOf(services: Services): Promise<string> {
  services.metrics.streams.set(services.streams.size);
  const waiting = await services.database.db
    .selectFrom('outbox')
    .select((select) => select.fn.countAll<string>().as('rows'))
    .where('published_us', 'is', null)
    .executeTakeFirst();
  services.metrics.outboxWaiting.set(Number(waiting?.rows ?? 0));
  return services.metrics.registry.metrics();
}

function once(task: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= task();
    return done;
  };
}
