import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { isAnswering } from '../client/is-answering.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { ROLES } from '../up/roles.ts';

/** `belay demo`: the sample fleet against the running platform, or against one started for it. */
export function addDemo(program: Command, context: CliContext): void {
  withConnection(
    program
      .command('demo')
      .description(
        'Run the sample fleet: six agents, two of which must be stopped. On the platform that runs (--control URL --collector URL, or that of --data); where none does, on one started for it on free ports, which keeps running',
      ),
  )
    .option('--exit-after-demo', 'end with the fleet: 0 when exactly the bad agents were stopped', false)
    .action(async (options: ConnectionOptions & { exitAfterDemo: boolean }) => {
      const connection = await resolveConnection(options, context.env);
      if (!(await isAnswering(connection.control))) {
        refuseIfNamed(options, connection.control, context);
        return startForDemo(options, context);
      }
      const { terminal } = context;
      terminal.line(terminal.colours.dim(`Platform at ${connection.control}.`));
      const { control, collector, platform } = connection;
      const tenant = platform?.tenant ?? 'default';
      const { runFleet } = await import('../demo/run-fleet.ts');
      const result = await runFleet({ control, collector, data: options.data, tenant, keepRunning: !options.exitAfterDemo, context });
      context.setExitCode(result.isAsExpected ? EXIT.ok : EXIT.checkFailed);
    });
}

/** Who names a platform wants that one, and no other. */
function refuseIfNamed({ control }: ConnectionOptions, address: string, { env }: CliContext): void {
  if (control === undefined && env.BELAY_CONTROL_ENDPOINT === undefined) return;
  throw new CliError(EXIT.unreachable, `No platform answers at ${address}.`, {
    hint: 'Leave --control and BELAY_CONTROL_ENDPOINT out, and the demo starts a platform of its own.',
  });
}

/** Nothing runs: the platform starts on any free ports, for the demo and what is tried after it. */
async function startForDemo(options: { data: string; exitAfterDemo: boolean }, context: CliContext): Promise<void> {
  const any = '0';
  const { runUp } = await import('../up/run-up.ts');
  await runUp(
    {
      data: options.data,
      tenant: 'default',
      host: '127.0.0.1',
      collectorPort: any,
      controlPort: any,
      metricsPort: any,
      roles: ROLES.join(','),
      canary: true,
      sample: true,
      exitAfterDemo: options.exitAfterDemo,
      logLevel: 'info',
    },
    context,
  );
}
