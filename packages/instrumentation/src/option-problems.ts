/** One thing wrong with the options: which, and why, with the value received (never a token). */
export interface OptionProblem {
  readonly option: string;
  readonly problem: string;
}

type Check = (value: unknown) => string | undefined;

const CHECKS: Readonly<Record<string, Check>> = {
  name: text(256),
  version: text(64),
  environment: text(64),
  endpoint: httpUrl,
  controlEndpoint: httpUrl,
  token: (value) =>
    typeof value === 'string' && value.split('.').length === 3 ? undefined : 'must be a Belay token (a JWT); make one with `belay token`',
  content: oneOf('off', 'redacted', 'full'),
  whenPaused: oneOf('wait', 'refuse'),
  inFlightOnPause: oneOf('finish', 'abort'),
  toolTimeoutMs: whole(1, 86_400_000),
  exportDelayMs: whole(0, 60_000),
  exportTimeoutMs: whole(1, 600_000),
  maxQueuedSpans: whole(1, 1_000_000),
  maxQueuedBytes: whole(1000, 1_000_000_000),
  exitFlushMs: whole(0, 60_000),
  heartbeatMs: whole(50, 600_000),
  featureKey: text(256),
  policy: record,
  logger: record,
  volatileKeys: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : `must be a list of strings, got ${shown(value)}`,
  failMode: record,
};

const FAIL_MODE_CHECKS: Readonly<Record<string, Check>> = {
  read: oneOf('allow', 'grace', 'refuse'),
  write: oneOf('allow', 'grace', 'refuse'),
  destructive: oneOf('allow', 'grace', 'refuse'),
  graceMs: whole(0, 86_400_000),
  waitForControlMs: whole(0, 600_000),
  unprotected: oneOf('allow', 'refuse'),
  unrecorded: oneOf('allow', 'refuse'),
  recordTimeoutMs: whole(1, 600_000),
};

/** Every problem of the options at once; an unknown option is one (a misspelt safety switch must not pass in silence). */
export function optionProblems(options: object, isAgentId: (id: string) => boolean): OptionProblem[] {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const id = given.id;
  const idProblem =
    typeof id === 'string' && isAgentId(id)
      ? []
      : [{ option: 'id', problem: `must be 1–256 bytes without control characters, got ${shown(id)}` }];
  const failMode =
    typeof given.failMode === 'object' && given.failMode !== null ? check({ ...given.failMode }, FAIL_MODE_CHECKS, 'failMode.') : [];
  const { id: _checked, ...rest } = given;
  return [...idProblem, ...check(rest, CHECKS, ''), ...failMode];
}

function check(given: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>, prefix: string): OptionProblem[] {
  return Object.entries(given).flatMap(([option, value]) => {
    if (value === undefined) return [];
    const known = Object.hasOwn(checks, option) ? checks[option] : undefined;
    const problem = known === undefined ? `is no option; known are ${Object.keys(checks).join(', ')}` : known(value);
    return problem === undefined ? [] : [{ option: prefix + option, problem }];
  });
}

function oneOf(...allowed: readonly string[]): Check {
  return (value) => (allowed.includes(value as string) ? undefined : `must be one of ${allowed.join(', ')}, got ${shown(value)}`);
}

function whole(min: number, max: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}, got ${shown(value)}`;
}

function text(max: number): Check {
  return (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= max ? undefined : `must be 1–${max} characters, got ${shown(value)}`;
}

function httpUrl(value: unknown): string | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return `must be an http or https URL, got ${shown(value)}`;
  return url.username || url.password ? 'must not carry a user name or password; the token identifies the agent' : undefined;
}

function record(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? undefined : `must be an object, got ${shown(value)}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value === 'number' ? String(value) : typeof value;
}
