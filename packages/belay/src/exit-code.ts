/** What `belay` answers to the shell. Documented in docs/cli.md; append-only. */
export const EXIT = {
  ok: 0,
  /** Something unexpected, or an operation that failed. */
  failure: 1,
  /** Wrong options or arguments, an unreadable or malformed configuration. */
  usage: 2,
  /** The platform (or the part that is needed) cannot be reached. */
  unreachable: 3,
  /** The token is absent, expired, revoked, or its role does not allow the call. */
  refused: 4,
  /** The agent, hold, run or file does not exist. */
  notFound: 5,
  /** A check found something wrong: doctor, audit verify, `--strict`, a demo that did not end as it should; or nothing to run over. */
  checkFailed: 6,
  /** Stopped by a second Ctrl-C before it could finish. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One line per code, for docs/cli.md and `belay --help`. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failure, 'something unexpected, or an operation that failed'],
  [EXIT.usage, 'wrong options or arguments, or a configuration that cannot be read'],
  [EXIT.unreachable, 'the platform, or the part that is needed, cannot be reached'],
  [EXIT.refused, 'the token is absent, expired or revoked, or its role does not allow the call'],
  [EXIT.notFound, 'the agent, hold or file does not exist'],
  [EXIT.checkFailed, 'a check found something wrong (doctor, audit verify, --strict, --exit-after-demo), or there was nothing to run over'],
  [EXIT.interrupted, 'stopped by a second Ctrl-C before it could finish'],
];
