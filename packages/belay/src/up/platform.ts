import { randomBytes } from 'node:crypto';
import type { Collector } from '@belay/collector';
import type { Control } from '@belay/control';
import type { Archive, DetectorService } from '@belay/detector';
import type { Clock, Random } from '@belay/protocol';
import type { Logger } from 'pino';
import { type Canary, startCanary } from '../canary/canary.ts';
import { type DataDir, prepareDataDir } from './data-dir.ts';
import { lockDataDir } from './data-lock.ts';
import { loadDetectorConfig } from './detector-config.ts';
import { engineNames } from './engines.ts';
import { removePlatformFile, writePlatformFile } from './platform-file.ts';
import { checkPorts } from './ports.ts';
import type { Role } from './roles.ts';
import { loadOrCreateSigningKey } from './signing-key.ts';
import { openEngines, startServices } from './start-services.ts';
import { type StatusServer, startStatusServer } from './status-server.ts';
import { createStatusSource } from './status-source.ts';
import type { Steps } from './steps.ts';
import { createStopStack, type StopStack } from './stop-stack.ts';
import { ownToken } from './tokens.ts';
import type { UpSettings } from './up-settings.ts';

export interface PlatformDeps {
  readonly dir: DataDir;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly steps: Steps;
  /** Settings of control beyond the address, e.g. alert sources. */
  readonly controlConfig?: object;
  /** Told what a person must know although the start goes on. */
  readonly onWarning?: (text: string) => void;
  /** Told as each part has stopped. */
  readonly onStopped?: (what: string, tookMs: number, problem: string | undefined) => void;
}

/** The running services of this process; a role that was not asked for is undefined. */
export interface Services {
  readonly control: Control | undefined;
  readonly collector: Collector | undefined;
  readonly detector: DetectorService | undefined;
  readonly archive: Archive | undefined;
}

/** A running all-in-one, or the roles of it that were asked for. */
export interface Platform {
  readonly collectorUrl: string | undefined;
  readonly controlUrl: string | undefined;
  readonly statusUrl: string;
  readonly engines: { readonly bus: string; readonly store: string; readonly database: string };
  readonly roles: ReadonlySet<Role>;
  /** Rejects when a service ends by itself; never resolves before `stop`. */
  readonly failed: Promise<never>;
  readonly canary: Canary | undefined;
  /** Stops everything in the reverse order of the start; says what did not stop well. Idempotent. */
  stop(): Promise<readonly string[]>;
}

const STOP_TIMEOUT_MS = 15_000;

/**
 * Starts what `settings` ask for. When a part fails, those started before it are stopped again, and the error of the part is thrown.
 * @throws CliError on a folder, port or engine that cannot be had.
 */
export async function startPlatform(settings: UpSettings, deps: PlatformDeps): Promise<Platform> {
  const stack = createStopStack({ timeoutMs: STOP_TIMEOUT_MS, ...(deps.onStopped === undefined ? {} : { onStopped: deps.onStopped }) });
  try {
    return await start(settings, deps, stack);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function start(settings: UpSettings, deps: PlatformDeps, stack: StopStack): Promise<Platform> {
  const { dir, clock } = deps;
  const detectorConfig = await loadDetectorConfig(settings.config);
  await prepareDataDir(dir);
  const lock = lockDataDir(dir);
  stack.push('data folder', async () => lock.release());
  await checkPorts(wantedPorts(settings));
  const key = await loadOrCreateSigningKey(dir, deps.onWarning);
  const tokenOptions = { tenant: settings.tenant, clock };
  const operatorToken = await ownToken(dir, 'operator', key, tokenOptions);
  await ownToken(dir, 'agent', key, tokenOptions);
  const engines = await openEngines(settings, { ...deps, stack });
  const services = await startServices(settings, { ...deps, engines, key, stack, detectorConfig });
  const canary = settings.canary ? await canaryOf(settings, services, { deps, key, operatorToken, stack }) : undefined;
  const status = await startStatus(settings, services, { deps, engines, canary, stack });
  await writePlatformFile(dir, {
    pid: process.pid,
    collectorUrl: services.collector?.url,
    controlUrl: services.control?.url,
    statusUrl: status.url,
    tenant: settings.tenant,
    startedUs: clock.nowUs(),
    log: dir.log,
  });
  stack.push('platform file', () => removePlatformFile(dir));
  return {
    collectorUrl: services.collector?.url,
    controlUrl: services.control?.url,
    statusUrl: status.url,
    engines: engineNames(settings),
    roles: settings.roles,
    failed: failureOf(services),
    canary,
    stop: stack.stop,
  };
}

function wantedPorts({ host, ports, roles }: UpSettings): { what: string; option: string; host: string; port: number }[] {
  return [
    ...(roles.has('control') ? [{ what: 'control service', option: '--control-port', host, port: ports.control }] : []),
    ...(roles.has('collector') ? [{ what: 'collector', option: '--collector-port', host, port: ports.collector }] : []),
    { what: 'metrics page', option: '--metrics-port', host, port: ports.metrics },
  ];
}

interface CanaryParts {
  readonly deps: PlatformDeps;
  readonly key: Parameters<typeof ownToken>[2];
  readonly operatorToken: string;
  readonly stack: StopStack;
}

async function canaryOf(
  settings: UpSettings,
  { collector, control }: Services,
  { deps, key, operatorToken, stack }: CanaryParts,
): Promise<Canary | undefined> {
  if (collector === undefined || control === undefined) return undefined;
  const token = await ownToken(deps.dir, 'canary', key, { tenant: settings.tenant, clock: deps.clock });
  const canary = startCanary({
    collector: collector.url,
    control: control.url,
    token,
    operatorToken,
    clock: deps.clock,
    logger: deps.logger,
    newId: () => randomBytes(8).toString('hex'),
  });
  stack.push('canary', () => canary.stop());
  return canary;
}

interface StatusParts {
  readonly deps: PlatformDeps;
  readonly engines: Awaited<ReturnType<typeof openEngines>>;
  readonly canary: Canary | undefined;
  readonly stack: StopStack;
}

async function startStatus(settings: UpSettings, services: Services, { deps, engines, canary, stack }: StatusParts): Promise<StatusServer> {
  const source = createStatusSource(settings, { services, engines, canary, clock: deps.clock });
  const server = await startStatusServer(source, { host: settings.host, port: settings.ports.metrics });
  stack.push('metrics page', () => server.stop());
  return server;
}

/** The detector ends by itself when it cannot go on: the process must say so instead of looking alive. The archive waits and alarms. */
function failureOf({ detector }: Services): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    detector?.stopped.catch(reject);
  });
  failed.catch(() => undefined);
  return failed;
}
