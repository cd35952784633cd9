import { BelayError } from '@belay/protocol';

/** The oldest Node that the guard runs on, and is tested on. */
const OLDEST = { major: 22, minor: 15 } as const;

/**
 * An old Node would fail later, in the middle of a guarded call; it is refused where the agent is made.
 * @throws BelayError `bad_configuration` that names the Node needed.
 */
export function requireSupportedNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new BelayError(
    'bad_configuration',
    `@belay/instrumentation needs Node ${OLDEST.major}.${OLDEST.minor} or newer; this process runs on Node ${version}. ` +
      'Start it with a newer Node; in a checkout of Belay, "npx node FILE" is the one it carries.',
  );
}
