import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { isAnswering } from '../client/is-answering.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { ROLES } from '../up/roles.ts';

/** `belay demo`: the sample fleet against the running platform, or against one started for it. */
export function addDemo(program: Command, context: CliContext): void {
  withConnection(program.command('demo').description('Run the sample fleet: six agents, two of which must be stopped'))
    .option('--exit-after-demo', 'end with the fleet: 0 when exactly the bad agents were stopped', false)
    .action(async (options: ConnectionOptions & { exitAfterDemo: boolean }) => {
      const connection = await resolveConnection(options, context.env);
      if (!(await isAnswering(connection.control))) return startForDemo(options, context);
      const { terminal } = context;
      terminal.line(terminal.colours.dim(`Platform at ${connection.control}.`));
      const { control, collector, platform } = connection;
      const tenant = platform?.tenant ?? 'default';
      const { runFleet } = await import('../demo/run-fleet.ts');
      const result = await runFleet({ control, collector, data: options.data, tenant, keepRunning: !options.exitAfterDemo, context });
      context.setExitCode(result.isAsExpected ? EXIT.ok : EXIT.checkFailed);
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
