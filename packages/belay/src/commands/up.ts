import type { Command } from 'commander';
import { DEFAULT_DATA } from '../client/connection.ts';
import type { CliContext } from '../context.ts';
import { ROLES } from '../up/roles.ts';
import type { UpOptions } from '../up/up-settings.ts';

/** Options of the command beyond those of the platform. */
export interface UpCommandOptions extends UpOptions {
  readonly sample: boolean;
  readonly exitAfterDemo: boolean;
  readonly logLevel: string;
  readonly log?: string;
}

/** `belay up`: the whole platform in one process, embedded or on real services. */
export function addUp(program: Command, context: CliContext): void {
  const env = (name: string, otherwise: string): string => context.env[name] || otherwise;
  const command = program
    .command('up')
    .description('Start the platform in this process: collector, detector, control, archive')
    .option('--data <dir>', 'where everything is kept (BELAY_DATA)', env('BELAY_DATA', DEFAULT_DATA))
    .option('--tenant <name>', 'tenant of the tokens made here (BELAY_TENANT)', env('BELAY_TENANT', 'default'))
    .option('--host <address>', 'address to listen on (BELAY_HOST)', env('BELAY_HOST', '127.0.0.1'))
    .option('--collector-port <port>', 'OTLP/HTTP; 0 = any free one (BELAY_COLLECTOR_PORT)', env('BELAY_COLLECTOR_PORT', '4318'))
    .option('--control-port <port>', 'control; 0 = any free one (BELAY_CONTROL_PORT)', env('BELAY_CONTROL_PORT', '4319'))
    .option('--metrics-port <port>', 'health, metrics, status; 0 = any free one (BELAY_METRICS_PORT)', env('BELAY_METRICS_PORT', '9464'))
    .option('--sample', 'run the sample fleet once the platform is up', false)
    .option('--no-sample', 'without the sample fleet (the default of "belay up", not of "npm start")')
    .option('--exit-after-demo', 'end with the sample fleet: 0 when exactly the bad agents were stopped', false)
    .option(
      '--promotion-span <span>',
      'a backtest allows a mode to be raised when it covers so much time, 90m, 12h, 7d (BELAY_PROMOTION_SPAN)',
      env('BELAY_PROMOTION_SPAN', '1h'),
    )
    .option('--promotion-decisions <n>', '… and so many decisions (BELAY_PROMOTION_DECISIONS)', env('BELAY_PROMOTION_DECISIONS', '500'))
    .option('--no-canary', 'without the decision every 30 s that measures the loop')
    .option('--log-level <level>', 'trace, debug, info, warn, error', env('BELAY_LOG_LEVEL', 'info'))
    .option('--log <file>', "file of the services' log; - = standard output (default: logs/belay.log in the data folder)")
    .option('--roles <list>', `which services this process is, of ${ROLES.join(',')}`, env('BELAY_ROLES', ROLES.join(',')));
  withEngines(command, context).action(async (options: UpCommandOptions) => {
    // Loaded when asked for: the services and engines are most of the program, and the other commands need none of them.
    const { runUp } = await import('../up/run-up.ts');
    await runUp(options, context);
  });
}

function withEngines(command: Command, { env }: CliContext): Command {
  return command
    .option('--kafka <brokers>', 'Kafka instead of the embedded log, host:port[,host:port] (BELAY_KAFKA)', env.BELAY_KAFKA)
    .option(
      '--clickhouse <url>',
      'ClickHouse instead of the embedded engine, http://user:password@host:8123/database (BELAY_CLICKHOUSE)',
      env.BELAY_CLICKHOUSE,
    )
    .option('--postgres <url>', 'PostgreSQL instead of the embedded one (BELAY_POSTGRES)', env.BELAY_POSTGRES)
    .option(
      '--jwks-url <url>',
      "control's /.well-known/jwks.json, for a collector without control beside it (BELAY_JWKS_URL)",
      env.BELAY_JWKS_URL,
    )
    .option('--config <file>', "the detectors' configuration, JSON or YAML (BELAY_CONFIG)", env.BELAY_CONFIG);
}
