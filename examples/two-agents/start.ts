// Starts both agents, each in a process of its own, and ends them with Ctrl-C:  npx node examples/two-agents/start.ts [--healthy]
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

interface Started {
  readonly child: ChildProcess;
  readonly lines: Interface;
}

function start(name: string): Started {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, file, ...process.argv.slice(2)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => process.stdout.write(`${name.padEnd(8)} ${line}\n`));
  return { child, lines };
}

const reviewer = start('reviewer');
await new Promise((ready) => reviewer.lines.once('line', ready));
const both = [reviewer, start('planner')];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => both.forEach(({ child }) => void child.kill('SIGTERM')));
