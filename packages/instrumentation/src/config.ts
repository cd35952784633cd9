import { BelayError, isAgentId } from '@belay/protocol';
import { environmentDefaults } from './environment.ts';
import { DEFAULT_FAIL_MODE, type FailMode } from './fail-mode.ts';
import type { Logger } from './logger.ts';
import { type OptionProblem, optionProblems } from './option-problems.ts';
import type { LocalPolicy } from './policy/local-policy.ts';

/** How much of arguments, results and model output leaves the process. */
export type ContentMode = 'off' | 'redacted' | 'full';

/** What a person sets. Only `id` has no default; the sentence at each field says what it is for. */
export interface AgentOptions {
  /** Stable identity of the agent: what is held, counted and learnt about. 1–256 bytes. */
  readonly id: string;
  /** Human name, shared by agents of one kind. Default: none. */
  readonly name?: string;
  /** Version of the agent's code or prompt; a new version learns anew. Default: none. */
  readonly version?: string;
  /** Deployment environment, e.g. `production`. Default: `BELAY_ENVIRONMENT`, else none. */
  readonly environment?: string;
  /** Base URL of the collector. Default: `BELAY_ENDPOINT`, else `http://127.0.0.1:4318`. */
  readonly endpoint?: string;
  /** Base URL of control. Default: `BELAY_CONTROL_ENDPOINT`, else `http://127.0.0.1:4319`. Used only with a token. */
  readonly controlEndpoint?: string;
  /** Agent token; also pins the key that signs control states. Default: `BELAY_TOKEN`, else none: the agent runs *unprotected*. */
  readonly token?: string;
  /** What is captured of arguments, results and output. Digests and features are always sent. Default `off`. */
  readonly content?: ContentMode;
  /** What happens to reads, writes and destructive actions when the platform is away. Defaults in {@link FailMode}. */
  readonly failMode?: Partial<FailMode>;
  /** A paused call waits for the release, or is refused at once. Default `wait`. */
  readonly whenPaused?: 'wait' | 'refuse';
  /** What a pause does to actions already in flight. A kill aborts them always. Default `finish`. */
  readonly inFlightOnPause?: 'finish' | 'abort';
  /** Verdicts from code. Default: everything declared is allowed. */
  readonly policy?: LocalPolicy;
  /** Time-out of an action that names none, ms. Default 60,000. */
  readonly toolTimeoutMs?: number;
  /** Longest time a finished decision waits for company before it is exported, ms. Errors, writes and refusals never wait. Default 50. */
  readonly exportDelayMs?: number;
  /** How long one export request may take, ms. Default 5,000. */
  readonly exportTimeoutMs?: number;
  /** Spans kept while the collector is away; the oldest is dropped, counted and reported. Default 2,048. */
  readonly maxQueuedSpans?: number;
  /** Bytes (estimated) kept while the collector is away. Default 8,000,000. */
  readonly maxQueuedBytes?: number;
  /** Longest time the end of the process waits for the last export, ms; 0 = not at all. Default 1,000. */
  readonly exitFlushMs?: number;
  /** Time between heartbeats to control, ms. Default 5,000. */
  readonly heartbeatMs?: number;
  /** Keys that change by themselves in results and are left out of the result digest. Default: the protocol's list. */
  readonly volatileKeys?: readonly string[];
  /** Key of the keyed hashes in `belay.call.features`; the same for agents that are compared. Default: derived from the agent id. */
  readonly featureKey?: string;
  /** Receives the few warnings. Default: the console. */
  readonly logger?: Logger;
}

/** Every option with its value: what the rest of the package reads. */
export interface AgentConfig {
  readonly id: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly environment: string | undefined;
  readonly endpoint: string;
  readonly controlEndpoint: string;
  readonly token: string | undefined;
  readonly content: ContentMode;
  readonly failMode: FailMode;
  readonly whenPaused: 'wait' | 'refuse';
  readonly inFlightOnPause: 'finish' | 'abort';
  readonly policy: LocalPolicy;
  readonly toolTimeoutMs: number;
  readonly exportDelayMs: number;
  readonly exportTimeoutMs: number;
  readonly maxQueuedSpans: number;
  readonly maxQueuedBytes: number;
  readonly exitFlushMs: number;
  readonly heartbeatMs: number;
  readonly volatileKeys: readonly string[] | undefined;
  readonly featureKey: string;
  readonly logger: Logger;
}

/** The console, as a last resort: one line on standard error. */
const consoleLogger: Logger = { warn: (message) => console.warn(`[belay] ${message}`) };

/** Options with defaults and environment filled in, or every problem at once, with the value received. Never throws. */
export function parseAgentOptions(
  options: AgentOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): { readonly config: AgentConfig } | { readonly problems: readonly OptionProblem[] } {
  const problems = optionProblems(options, isAgentId);
  if (problems.length > 0) return { problems };
  const fromEnvironment = environmentDefaults(environment);
  const merged = { ...DEFAULTS, ...withoutUndefined(fromEnvironment), ...withoutUndefined(options) };
  const config: AgentConfig = {
    ...merged,
    failMode: { ...DEFAULT_FAIL_MODE, ...withoutUndefined(options.failMode ?? {}) },
    featureKey: options.featureKey ?? fromEnvironment.featureKey ?? `belay-features:${options.id}`,
  };
  const late = optionProblems(config, isAgentId);
  return late.length > 0 ? { problems: late } : { config };
}

/**
 * As {@link parseAgentOptions}, for wiring.
 * @throws BelayError `bad_configuration` that lists every problem.
 */
export function agentConfig(options: AgentOptions): AgentConfig {
  const parsed = parseAgentOptions(options);
  if ('config' in parsed) return parsed.config;
  const list = parsed.problems.map(({ option, problem }) => `\n- ${option}: ${problem}`).join('');
  throw new BelayError('bad_configuration', `createAgent was given options that cannot work; mend each of these:${list}`);
}

const DEFAULTS: Omit<AgentConfig, 'id' | 'failMode' | 'featureKey'> = {
  name: undefined,
  version: undefined,
  environment: undefined,
  endpoint: 'http://127.0.0.1:4318',
  controlEndpoint: 'http://127.0.0.1:4319',
  token: undefined,
  content: 'off',
  whenPaused: 'wait',
  inFlightOnPause: 'finish',
  policy: {},
  toolTimeoutMs: 60_000,
  exportDelayMs: 50,
  exportTimeoutMs: 5000,
  maxQueuedSpans: 2048,
  maxQueuedBytes: 8_000_000,
  exitFlushMs: 1000,
  heartbeatMs: 5000,
  volatileKeys: undefined,
  logger: consoleLogger,
};

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}
