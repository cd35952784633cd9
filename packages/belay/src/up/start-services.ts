import type { Bus } from '@belay/bus';
import { createCollector } from '@belay/collector';
import { type ControlDeps, createControl, type Database } from '@belay/control';
import { createArchive, createDetector, createFleetPriorJob, type DetectorConfig, type DetectorService } from '@belay/detector';
import type { Json } from '@belay/protocol';
import { readHistory, type Store } from '@belay/store';
import type { JWK } from 'jose';
import { createCollectorTokens } from './collector-tokens.ts';
import { type EngineDeps, openBus, openDatabase, openStore } from './engines.ts';
import { loadHashKey } from './hash-key.ts';
import type { PlatformDeps, Services } from './platform.ts';
import { stopArchive } from './stop-archive.ts';
import type { StopStack } from './stop-stack.ts';
import type { UpSettings } from './up-settings.ts';

/** The engines that the roles of this process need. */
export interface Engines {
  readonly bus: Bus;
  readonly store: Store | undefined;
  readonly database: Database | undefined;
}

/** Opens the engines side by side: the first start of PGlite takes seconds. */
export async function openEngines(settings: UpSettings, deps: PlatformDeps & { stack: StopStack }): Promise<Engines> {
  const { roles } = settings;
  const engineDeps: EngineDeps = deps;
  const open = async <T extends { close(): Promise<void> }>(
    what: string,
    isNeeded: boolean,
    task: () => Promise<T>,
  ): Promise<T | undefined> => {
    if (!isNeeded) return undefined;
    const engine = await deps.steps.run(what, task);
    deps.stack.push(what, () => engine.close());
    return engine;
  };
  const opened = await Promise.allSettled([
    open('log', true, () => openBus(settings, engineDeps)),
    open('history', roles.has('archive'), () => openStore(settings, engineDeps)),
    open("control's database", roles.has('control'), () => openDatabase(settings, engineDeps)),
  ]);
  for (const result of opened) if (result.status === 'rejected') throw result.reason;
  const [bus, store, database] = opened.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  return { bus: bus as Bus, store: store as Store | undefined, database: database as Database | undefined };
}

/** A page is parsed in one go (20 ms) while control and detectors wait. */
const HISTORY_PAGE_ROWS = 2_000;

interface StartParts extends PlatformDeps {
  readonly engines: Engines;
  readonly key: JWK;
  readonly stack: StopStack;
  readonly detectorConfig: DetectorConfig;
}

/**
 * The consumers first, then who feeds them: archive, detector, control, collector. They are stopped the other way round, so that what was
 * accepted last is in the history; what is not judged by then is judged by the next start.
 */
export async function startServices(settings: UpSettings, parts: StartParts): Promise<Services> {
  const { steps, stack, clock, logger, engines, detectorConfig } = parts;
  const { bus, store } = engines;
  const has = (role: Parameters<typeof settings.roles.has>[0]): boolean => settings.roles.has(role);
  const start = async <T extends { stop(): Promise<unknown> }>(
    what: string,
    task: () => Promise<T>,
    stop = (service: T): Promise<unknown> => service.stop(),
  ): Promise<T> => {
    const service = await steps.run(what, task);
    stack.push(what, () => stop(service));
    return service;
  };
  const archive =
    store !== undefined && has('archive')
      ? await start(
          'archive',
          () => createArchive({}, { bus, store, clock, logger: logger.child({ part: 'archive' }) }),
          (service) => stopArchive(service, settings.roles, parts.onWarning),
        )
      : undefined;
  if (store !== undefined && has('archive'))
    await start('fleet priors', async () =>
      createFleetPriorJob(
        { periodSeconds: detectorConfig.fleetPriorSeconds },
        { bus, store, clock, logger: logger.child({ part: 'fleet-priors' }) },
      ),
    );
  const detector = has('detector')
    ? await start('detector', () => createDetector(detectorConfig, { bus, clock, logger: logger.child({ part: 'detector' }) }))
    : undefined;
  const control = has('control')
    ? await start('control', () => startControl(settings, parts, { detector, detectors: Object.keys(detectorConfig.detectors) }))
    : undefined;
  const collector = has('collector') ? await start('collector', () => startCollector(settings, parts)) : undefined;
  return { control, collector, detector, archive };
}

async function startControl(
  settings: UpSettings,
  parts: StartParts,
  facts: { detector: DetectorService | undefined; detectors: string[] },
) {
  const { engines, key, clock, random, logger, controlConfig } = parts;
  const { bus, database, store } = engines;
  if (database === undefined) throw new TypeError('control has no database');
  const { detector } = facts;
  return createControl(
    { host: settings.host, port: settings.ports.control, detectors: facts.detectors, ...settings.promotion, ...controlConfig },
    {
      bus,
      database,
      signingKey: key,
      clock,
      random,
      logger: logger.child({ part: 'control' }),
      ...(store === undefined ? {} : historyOf(store)),
      ...(detector === undefined ? {} : { detectorStatus: () => detector.status() as unknown as Json }),
    },
  );
}

/** What control reads of the history of this process. */
const historyOf = ({ queries }: Store): Pick<ControlDeps, 'history' | 'driftMetrics'> => ({
  history: (window) => readHistory(queries, { ...window, pageRows: HISTORY_PAGE_ROWS }),
  driftMetrics: { latest: queries.driftMetrics, series: queries.driftMetricSeries },
});

async function startCollector(settings: UpSettings, { engines, key, dir, clock, random, logger }: StartParts) {
  const tokens = createCollectorTokens(settings, { key, clock, database: engines.database });
  const hashKey = await loadHashKey(dir);
  return createCollector(
    { host: settings.host, port: settings.ports.collector, mapping: { hashKey } },
    { bus: engines.bus, tokens, clock, random, logger: logger.child({ part: 'collector' }) },
  );
}
