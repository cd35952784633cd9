import { createServer } from 'node:net';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

export interface WantedPort {
  /** What would listen there, as a person calls it. */
  readonly what: string;
  readonly option: string;
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
}

/**
 * Fails early, before any engine has started, when a port is taken.
 * @throws CliError naming the port, what wanted it, and the option that changes it.
 */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<void> {
  for (const port of wanted) {
    if (port.port !== 0) await checkPort(port);
  }
}

async function checkPort({ what, option, host, port }: WantedPort): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new CliError(EXIT.failure, `The ${what} cannot listen on ${host}:${port}: ${reasonOf(cause)}.`, {
      hint: hintOf(cause, option, port),
      cause,
    });
  } finally {
    server.close();
  }
}

function hintOf(error: unknown, option: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'Give an address of this machine with --host ADDRESS: 127.0.0.1, or 0.0.0.0 for all of them.';
  return `Give another port with ${option} PORT (0 = any free one), or find out who has it: lsof -i :${port}`;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'another program uses it, perhaps another Belay';
  if (code === 'EACCES') return 'ports below 1024 need rights that this user does not have';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  return messageOf(error);
}
