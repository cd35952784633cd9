import { relative } from 'node:path';
import type { Terminal } from '../output/terminal.ts';
import { dataDirAt } from './data-dir.ts';
import type { Platform } from './platform.ts';
import type { UpSettings } from './up-settings.ts';

const COLLECTOR = 'http://127.0.0.1:4318';
const CONTROL = 'http://127.0.0.1:4319';

/** What to know and what to do next, once the platform is up. */
export function printSummary(
  platform: Platform,
  { settings, terminal, tookMs }: { settings: UpSettings; terminal: Terminal; tookMs: number },
): void {
  const { bold, dim, cyan, green } = terminal.colours;
  const dir = dataDirAt(settings.data);
  const here = (path: string): string => relative(process.cwd(), path) || '.';
  const row = (name: string, value: string, about: string): void => terminal.line(`  ${name.padEnd(10)} ${value.padEnd(30)} ${dim(about)}`);
  terminal.line();
  terminal.line(`${green(bold('Belay is up'))} ${dim(`after ${(tookMs / 1000).toFixed(1)} s`)}`);
  if (platform.collectorUrl !== undefined)
    row('collector', cyan(platform.collectorUrl), `  agents send their spans here; log: ${platform.engines.bus}`);
  if (platform.controlUrl !== undefined)
    row('control', cyan(platform.controlUrl), `  holds, commands, audit; ${platform.engines.database}`);
  row('metrics', cyan(platform.statusUrl), `  /metrics, /readyz, /status; history: ${platform.engines.store}`);
  row('data', here(dir.path), `log: ${here(dir.log)}`);
  terminal.line();
  terminal.line(`  ${dim('in another terminal')}`);
  const data = settings.data === '.belay' ? '' : ` --data ${here(dir.path)}`;
  for (const [command, about] of NEXT) terminal.line(`  ${`npx belay ${command}${data}`.padEnd(34)}  ${dim(about)}`);
  const agent = `${addressesOf(platform)}BELAY_TOKEN=$(cat ${here(dir.token('agent'))}) npx node agent.js`;
  terminal.line(`  ${agent.padEnd(34)}  ${dim('your own agent')}`);
  terminal.line(`  ${dim('Ctrl-C stops everything.')}`);
  terminal.line();
}

/** An agent looks at the usual addresses: of others it must be told. */
function addressesOf({ collectorUrl = COLLECTOR, controlUrl = CONTROL }: Platform): string {
  const collector = collectorUrl === COLLECTOR ? '' : `BELAY_ENDPOINT=${collectorUrl} `;
  return controlUrl === CONTROL ? collector : `${collector}BELAY_CONTROL_ENDPOINT=${controlUrl} `;
}

const NEXT = [
  ['tail', 'everything that happens, live'],
  ['status', 'is it well?'],
  ['agents', 'who is known, and in which state'],
] as const;
