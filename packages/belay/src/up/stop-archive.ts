import type { Archive } from '@belay/detector';
import { ROLES, type Role } from './roles.ts';

const DRAIN_MS = 10_000;

/**
 * Stops the archive. Where everything that feeds the log was in this process, and has stopped by now, the history takes all of the log
 * first: it is read before the next start. The archive of a platform in parts has others that feed it and go on for it, and just leaves.
 */
export async function stopArchive(
  archive: Pick<Archive, 'drain' | 'stop'>,
  roles: ReadonlySet<Role>,
  onWarning?: (text: string) => void,
): Promise<void> {
  const left = roles.size === ROLES.length ? await archive.drain(DRAIN_MS) : 0;
  await archive.stop();
  if (left === 0) return;
  const lacks = left === undefined ? 'may lack the newest of the log, which does not answer' : `lacks ${left} of the log's messages`;
  onWarning?.(`The history ${lacks}. They stay on the log, and the next start stores them.`);
}
