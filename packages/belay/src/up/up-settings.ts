import { isTenant, TENANT_PATTERN } from '@belay/protocol';
import { CliError } from '../cli-error.ts';
import { spanOf } from '../commands/instant-option.ts';
import { EXIT } from '../exit-code.ts';
import { parseRoles, type Role } from './roles.ts';

/** Options of `belay up` as commander gives them. */
export interface UpOptions {
  readonly data: string;
  readonly tenant: string;
  readonly host: string;
  readonly collectorPort: string;
  readonly controlPort: string;
  readonly metricsPort: string;
  readonly roles: string;
  readonly kafka?: string;
  readonly clickhouse?: string;
  readonly postgres?: string;
  readonly jwksUrl?: string;
  readonly config?: string;
  readonly promotionSpan?: string;
  readonly promotionDecisions?: string;
  readonly canary: boolean;
}

/** What a process shall be: checked options. */
export interface UpSettings {
  readonly data: string;
  readonly tenant: string;
  readonly host: string;
  readonly ports: { readonly collector: number; readonly control: number; readonly metrics: number };
  readonly roles: ReadonlySet<Role>;
  /** Kafka brokers; undefined = the embedded log. */
  readonly kafka: readonly string[] | undefined;
  /** ClickHouse over HTTP; undefined = the engine in this process. */
  readonly clickhouse: ClickHouseAddress | undefined;
  /** PostgreSQL URL; undefined = PGlite in this process. */
  readonly postgres: string | undefined;
  /** Where tokens' keys are published, for processes that do not hold the signing key. */
  readonly jwksUrl: string | undefined;
  /** File with the detectors' configuration. */
  readonly config: string | undefined;
  /** What a backtest must cover to allow a mode to be raised; control's defaults where nothing is given. */
  readonly promotion: { readonly promotionMinSpanMs?: number; readonly promotionMinDecisions?: number };
  readonly canary: boolean;
}

interface ClickHouseAddress {
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
}

/** Checks everything at once. @throws CliError that lists every problem. */
export function parseUpOptions(options: UpOptions): UpSettings {
  const problems: string[] = [];
  const roles = parseRoles(options.roles);
  const settings: UpSettings = {
    data: options.data,
    tenant: options.tenant,
    host: options.host,
    ports: {
      collector: parsePort(options.collectorPort, '--collector-port', problems),
      control: parsePort(options.controlPort, '--control-port', problems),
      metrics: parsePort(options.metricsPort, '--metrics-port', problems),
    },
    roles,
    kafka: options.kafka?.split(',').map((broker) => broker.trim()),
    clickhouse: options.clickhouse === undefined ? undefined : parseClickHouse(options.clickhouse, problems),
    postgres: options.postgres,
    jwksUrl: options.jwksUrl,
    config: options.config,
    promotion: parsePromotion(options, problems),
    canary: options.canary && roles.size === 4,
  };
  if (!isTenant(options.tenant)) problems.push(`--tenant ${JSON.stringify(options.tenant)} does not match ${TENANT_PATTERN}`);
  problems.push(...missingParts(settings));
  if (problems.length > 0) throw new CliError(EXIT.usage, `belay up cannot start like this: ${problems.join('; ')}.`);
  return settings;
}

function parsePort(text: string, option: string, problems: string[]): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) problems.push(`${option} ${JSON.stringify(text)} is no port (0–65535, 0 = any free one)`);
  return port;
}

function parsePromotion({ promotionSpan, promotionDecisions }: UpOptions, problems: string[]): UpSettings['promotion'] {
  const spanUs = promotionSpan === undefined ? undefined : spanOf(promotionSpan);
  const decisions = promotionDecisions === undefined || !/^\d{1,9}$/.test(promotionDecisions) ? undefined : Number(promotionDecisions);
  if (promotionSpan !== undefined && spanUs === undefined)
    problems.push(`--promotion-span ${JSON.stringify(promotionSpan)} is no span of time like 90m, 12h or 7d`);
  if (promotionDecisions !== undefined && decisions === undefined)
    problems.push(`--promotion-decisions ${JSON.stringify(promotionDecisions)} is no whole number`);
  return {
    ...(spanUs === undefined ? {} : { promotionMinSpanMs: spanUs / 1000 }),
    ...(decisions === undefined ? {} : { promotionMinDecisions: decisions }),
  };
}

function parseClickHouse(text: string, problems: string[]): ClickHouseAddress | undefined {
  const address = parseClickHouseUrl(text);
  if (address === undefined) problems.push('--clickhouse is no address like http://user:password@host:8123/belay');
  return address;
}

/** `http://user:password@host:8123/database`; undefined when it is no such address. */
export function parseClickHouseUrl(text: string): ClickHouseAddress | undefined {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) return undefined;
  const url = new URL(text);
  return {
    url: url.origin,
    database: url.pathname.replaceAll('/', '') || 'belay',
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  };
}

/** A process that is only some of the services shares its engines with others: the embedded ones cannot be shared. */
function missingParts({ roles, kafka, clickhouse, postgres, jwksUrl }: UpSettings): string[] {
  if (roles.size === 4) return [];
  const missing: string[] = [];
  if (kafka === undefined) missing.push('--roles needs --kafka: the embedded log serves one process');
  if (roles.has('control') && postgres === undefined) missing.push('--roles control needs --postgres');
  if (roles.has('archive') && clickhouse === undefined) missing.push('--roles archive needs --clickhouse');
  if (roles.has('collector') && !roles.has('control') && jwksUrl === undefined) {
    missing.push("--roles collector needs --jwks-url, the address of control's /.well-known/jwks.json");
  }
  return missing;
}
