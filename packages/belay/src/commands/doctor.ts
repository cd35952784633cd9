import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { readProcessStatus } from '../client/process-status.ts';
import type { CliContext } from '../context.ts';
import type { CheckResult } from '../doctor/check.ts';
import { checkDataDir, checkKeyFile, checkNode, checkToken } from '../doctor/local-checks.ts';
import { checkOperatorPlane, checkProcess, checkService } from '../doctor/platform-checks.ts';
import { EXIT } from '../exit-code.ts';
import { safeText } from '../output/safe-text.ts';
import type { Terminal } from '../output/terminal.ts';
import { dataDirAt } from '../up/data-dir.ts';

/** `belay doctor`: what is wrong, and how to mend it. Exit code 6 when something is. */
export function addDoctor(program: Command, context: CliContext): void {
  withConnection(program.command('doctor').description('Look for what is wrong, and say how to mend it'))
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionOptions & { json?: boolean }) => {
      const results = await examine(options, context);
      const problems = results.filter(({ verdict }) => verdict === 'problem').length;
      if (problems > 0) context.setExitCode(EXIT.checkFailed);
      if (options.json) return context.terminal.json({ problems, checks: results });
      for (const result of results) printResult(result, context.terminal);
      const { colours } = context.terminal;
      context.terminal.line(problems === 0 ? colours.green('\nNothing is wrong.') : colours.red(`\n${problems} problem(s).`));
    });
}

async function examine(options: ConnectionOptions, { clock, env }: CliContext): Promise<CheckResult[]> {
  const dir = dataDirAt(options.data);
  const connection = await resolveConnection(options, env);
  const [dataDir, keyFile, collector, control, operator, status] = await Promise.all([
    checkDataDir(dir),
    checkKeyFile(dir),
    checkService('collector', connection.collector),
    checkService('control', connection.control),
    checkOperatorPlane(createOperatorClient(connection), clock.nowUs()),
    readProcessStatus(connection.platform?.statusUrl),
  ]);
  const local = [checkNode(process.versions.node), dataDir, keyFile, checkToken(connection.token, clock.nowUs())];
  return [...local, ...collector, ...control, ...operator, ...checkProcess(status, connection)];
}

function printResult({ name, verdict, found, mend }: CheckResult, { line, colours }: Terminal): void {
  const marks = { ok: colours.green('✓'), warning: colours.yellow('!'), problem: colours.red('✗'), skipped: colours.dim('·') };
  line(`${marks[verdict]} ${name.padEnd(24)} ${verdict === 'skipped' ? colours.dim(found) : safeText(found, 300)}`);
  if (mend !== undefined) line(`  ${' '.repeat(24)} ${colours.cyan(`→ ${safeText(mend, 300)}`)}`);
}
