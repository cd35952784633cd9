import type { ControlTimes } from '../control/control-times.ts';
import type { FailMode } from '../fail-mode.ts';
import type { AgentOptions } from '../index.ts';

/** Longer than any test may take: a wait of this length ends because something happened, never because the machine stood still. */
export const FOREVER_MS = 600_000;

/** Options of an agent that gives up nothing while a test runs. */
export const PATIENT: Pick<AgentOptions, 'exportTimeoutMs' | 'exitFlushMs' | 'toolTimeoutMs'> = {
  exportTimeoutMs: FOREVER_MS,
  exitFlushMs: 60_000,
  toolTimeoutMs: FOREVER_MS,
};

export const PATIENT_MODE: Partial<FailMode> = { graceMs: FOREVER_MS, recordTimeoutMs: FOREVER_MS };

/** A refusal waits for its acknowledgement as long as it does in production: a test may have closed its control. */
export const PATIENT_TIMES: Omit<ControlTimes, 'ackFirstMs'> = {
  requestMs: FOREVER_MS,
  firstStateMs: FOREVER_MS,
  silenceMs: FOREVER_MS,
};
