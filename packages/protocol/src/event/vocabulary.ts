/** What an action does to the world, declared by the tool's author. */
export const EFFECTS = ['read', 'write', 'destructive'] as const;
export type Effect = (typeof EFFECTS)[number];

export const SENSITIVITIES = ['public', 'internal', 'confidential', 'restricted'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

export const POLICY_VERDICTS = ['allow', 'allow_with_review', 'delay', 'require_approval', 'deny'] as const;
export type PolicyVerdict = (typeof POLICY_VERDICTS)[number];

/** What was enforced, which in shadow mode is not what the verdict said. */
export const POLICY_ACTIONS = ['executed', 'blocked', 'held', 'redacted'] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

export const OUTCOME_STATUSES = ['ok', 'error', 'blocked', 'cancelled', 'timeout', 'uncertain'] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

/** `transient` = network, 429, 5xx, time-out: a reason to try again, not a loop. */
export const ERROR_CLASSES = ['transient', 'permission', 'validation', 'tool'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

export const EVENT_KINDS = ['tool', 'model', 'agent', 'proposal', 'task_end', 'session_end', 'run_end'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Which convention a span was read by. */
export const EVENT_SOURCES = ['belay', 'gen_ai', 'openinference', 'traceloop', 'vercel_ai'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

export const RUN_STATES = ['running', 'pausing', 'paused', 'waiting', 'killing', 'killed', 'lost', 'ended'] as const;
export type RunState = (typeof RUN_STATES)[number];

export const HOLD_ACTIONS = ['pause', 'kill'] as const;
export type HoldAction = (typeof HOLD_ACTIONS)[number];

export const HOLD_SCOPES = ['session', 'run', 'agent'] as const;
export type HoldScope = (typeof HOLD_SCOPES)[number];

export const HOLD_CAUSES = ['anomaly', 'operator', 'webhook', 'budget', 'window'] as const;
export type HoldCause = (typeof HOLD_CAUSES)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a detector may cause: recorded only, notify, or hold. */
export const DETECTOR_MODES = ['shadow', 'warn', 'enforce'] as const;
export type DetectorMode = (typeof DETECTOR_MODES)[number];

/** What an operator may set a detector to: a mode, or back to what its configuration says. */
export const MODE_SETTINGS = [...DETECTOR_MODES, 'default'] as const;
export type ModeSetting = (typeof MODE_SETTINGS)[number];

export const RESPONSES = ['none', 'notify', 'pause', 'kill'] as const;
export type Response = (typeof RESPONSES)[number];

export const SUPPRESSIONS = ['learning', 'cooldown', 'stale', 'duplicate', 'accepted', 'breaker'] as const;
export type Suppression = (typeof SUPPRESSIONS)[number];

/** What a person said about an anomaly. */
export const FEEDBACK_VERDICTS = ['true_positive', 'false_positive', 'expected'] as const;
export type FeedbackVerdict = (typeof FEEDBACK_VERDICTS)[number];

export const FEEDBACK_CHANGES = ['given', 'withdrawn'] as const;

/** Every closed list of words of the contracts, under one name. */
export const vocabulary = {
  EFFECTS,
  SENSITIVITIES,
  POLICY_VERDICTS,
  POLICY_ACTIONS,
  OUTCOME_STATUSES,
  ERROR_CLASSES,
  EVENT_KINDS,
  EVENT_SOURCES,
  RUN_STATES,
  HOLD_ACTIONS,
  HOLD_SCOPES,
  HOLD_CAUSES,
  SEVERITIES,
  DETECTOR_MODES,
  MODE_SETTINGS,
  RESPONSES,
  SUPPRESSIONS,
  FEEDBACK_VERDICTS,
  FEEDBACK_CHANGES,
} as const;
