import { randomBytes } from 'node:crypto';
import { ATTR, type Clock, type Random, uuidv7 } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { AgentConfig } from '../config.ts';
import { ControlClient } from '../control/control-client.ts';
import { controlEndpoint } from '../control/control-endpoint.ts';
import { type ControlTimes, DEFAULT_CONTROL_TIMES } from '../control/control-times.ts';
import type { RunReport } from '../control/heartbeats.ts';
import type { StopRecord } from '../control/stop-record.ts';
import { refusalReason } from '../control/token-refusal.ts';
import { Gate } from '../gate/gate.ts';
import { InFlightSet } from '../gate/in-flight.ts';
import type { ContactSource, GuardRuntime } from '../guard/guard-runtime.ts';
import { holdRefusal } from '../guard/hold-refusal.ts';
import type { Logger } from '../logger.ts';
import { ExportQueue } from '../span/export-queue.ts';
import { createOtlpSender, type SpanSender } from '../span/otlp-sender.ts';
import { SpanRecorder } from '../span/span-recorder.ts';
import { holdProcess } from '../transport/process-hold.ts';
import { endAtExit } from './end-at-exit.ts';
import { ScopeRunner } from './scope-runner.ts';
import { StopLog } from './stop-log.ts';

/** One life of one agent process: everything that `createAgent` wires together. */
export interface Run {
  readonly runtime: GuardRuntime;
  readonly scopes: ScopeRunner;
  readonly stops: StopLog;
  /** Why no control can stop this run; undefined when one can. */
  unprotected(): string | undefined;
  droppedSpans(): number;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Set to true on every span of a run that no control can stop. */
const UNPROTECTED = 'belay.control.unprotected';

const UNCONFIGURED: ContactSource = {
  contact: () => ({ configured: false, connected: false, stateSeen: false, tokenRefused: false, lostAtUs: 0 }),
  contactChange: () => Promise.resolve(),
  acknowledged: () => Promise.resolve(),
};

export interface RunDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** In place of the collector over HTTP. */
  readonly sender?: SpanSender;
  readonly controlTimes?: Partial<ControlTimes>;
}

export function createRun(config: AgentConfig, { clock, random, sender: given, controlTimes }: RunDeps): Run {
  const runId = uuidv7(clock, randomBytes);
  const stops = new StopLog();
  const inFlight = new InFlightSet();
  const sender = given ?? createOtlpSender({ endpoint: config.endpoint, token: config.token, timeoutMs: config.exportTimeoutMs, clock });
  const queue = new ExportQueue({ sender, clock, random, ...config });
  const endpoint = controlEndpoint(config.id, config.controlEndpoint, config.token);
  const unprotected = 'unprotected' in endpoint ? endpoint.unprotected : undefined;
  const recorder = new SpanRecorder({ queue, sender, resource: resourceOf(config) });
  const identity = identityOf(config, runId, unprotected !== undefined);
  const scopes = new ScopeRunner({ recorder, clock, agentName: config.name ?? config.id, runId, identity });
  const gate = new Gate({
    run: { agentId: config.id, runId },
    inFlight,
    inFlightOnPause: config.inFlightOnPause,
    abortReason: (hold) => holdRefusal(hold, config.id, true),
    onRunState: () => client?.report(),
  });
  const counter = { seq: 0 };
  const control = {
    agentId: config.id,
    runId,
    gate,
    inFlight,
    clock,
    random,
    logger: config.logger,
    heartbeatMs: config.heartbeatMs,
    report: (): RunReport => ({ ...runReport(config, clock, { runId, gate, inFlight, queue, scopes }), lastSeq: counter.seq }),
    onStop: (stop: StopRecord) => stops.record(stop),
    times: { ...DEFAULT_CONTROL_TIMES, ...controlTimes },
  };
  const client = 'unprotected' in endpoint ? undefined : new ControlClient({ endpoint, ...control });
  const runtime: GuardRuntime = {
    config,
    clock,
    runId,
    recorder,
    gate,
    inFlight,
    control: client ?? UNCONFIGURED,
    identity,
    featureKey: new TextEncoder().encode(config.featureKey),
    nextSeq: () => {
      counter.seq += 1;
      return counter.seq;
    },
    warnOnce: createWarnOnce(config.logger),
  };
  if (unprotected !== undefined)
    runtime.warnOnce('unprotected', `${config.id} runs unprotected: ${unprotected}. ${unprotectedMeans(config.token)}`);
  client?.start();
  return createHandle({ runtime, scopes, stops, unprotected, queue, client });
}

/** Belay's collector takes nothing without a token. */
const unprotectedMeans = (token: string | undefined): string =>
  token === undefined
    ? 'The collector takes nothing from it, and nothing can stop it. Make a token with "belay token agent".'
    : 'Nothing can stop it. Make a token with "belay token agent".';

const MAX_WARNINGS = 100;

function createWarnOnce(logger: Logger): GuardRuntime['warnOnce'] {
  const said = new Set<string>();
  return (key, message) => {
    if (said.has(key) || said.size >= MAX_WARNINGS) return;
    said.add(key);
    logger.warn(message);
  };
}

interface Parts {
  readonly runtime: GuardRuntime;
  readonly scopes: ScopeRunner;
  readonly stops: StopLog;
  readonly unprotected: string | undefined;
  readonly queue: ExportQueue;
  readonly client: ControlClient | undefined;
}

function createHandle({ runtime, scopes, stops, unprotected, queue, client }: Parts): Run {
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    runtime.gate.end();
    runtime.recorder.endNow(
      runtime.recorder.start('end_run', 0, { [ATTR.operationName]: 'end_run', ...runtime.identity, [ATTR.outcomeStatus]: 'ok' }, undefined),
    );
    forget();
    await Promise.all([client?.stop(), queue.shutdown()]);
  };
  const endOnce = (): Promise<void> => {
    ended ??= end();
    return ended;
  };
  const forget = endAtExit(endOnce, runtime.config.exitFlushMs);
  return {
    runtime,
    scopes,
    stops,
    unprotected: () => unprotected ?? (client?.tokenRefusal === undefined ? undefined : refusalReason(client.tokenRefusal)),
    droppedSpans: () => queue.droppedSpans,
    flush: () => whileHolding(() => queue.forceFlush()),
    shutdown: () => whileHolding(endOnce),
  };
}

/** A host that awaits us must not run out of work first: Node would end it with code 13, in the middle of the await. */
async function whileHolding(task: () => Promise<unknown>): Promise<void> {
  const release = holdProcess();
  try {
    await task();
  } finally {
    release();
  }
}

function identityOf(config: AgentConfig, runId: string, unprotected: boolean): Attributes {
  return {
    [ATTR.agentId]: config.id,
    ...(config.name === undefined ? {} : { [ATTR.agentName]: config.name }),
    ...(config.version === undefined ? {} : { [ATTR.agentVersion]: config.version }),
    [ATTR.runId]: runId,
    ...(unprotected ? { [UNPROTECTED]: true } : {}),
  };
}

function resourceOf(config: AgentConfig): Attributes {
  return {
    [ATTR.serviceName]: config.name ?? config.id,
    ...(config.environment === undefined ? {} : { [ATTR.environment]: config.environment }),
  };
}

interface ReportParts {
  readonly runId: string;
  readonly gate: Gate;
  readonly inFlight: InFlightSet;
  readonly queue: ExportQueue;
  readonly scopes: ScopeRunner;
}

function runReport(config: AgentConfig, clock: Clock, { runId, gate, inFlight, queue, scopes }: ReportParts): Omit<RunReport, 'lastSeq'> {
  return {
    agentId: config.id,
    runId,
    ...(config.name === undefined ? {} : { name: config.name }),
    ...(config.version === undefined ? {} : { version: config.version }),
    ...(config.environment === undefined ? {} : { environment: config.environment }),
    state: gate.state,
    inFlightSeqs: inFlight.seqs(1000),
    sessions: scopes.openSessions(),
    longestTimeoutMs: inFlight.longestTimeoutMs(),
    droppedSpans: queue.droppedSpans,
    atUs: clock.nowUs(),
  };
}
