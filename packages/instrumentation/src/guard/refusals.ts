/** Stable identifier of a refusal; a host may branch on it. Append-only. */
export type RefusalCode = 'action_denied' | 'agent_paused' | 'agent_killed' | 'invalid_action';

export interface RefusalFacts {
  /** The tool, model or agent that was to be called. */
  readonly action: string;
  /** Which rule refused: a policy rule, `hold`, `fail_mode`, `schema` … */
  readonly rule: string;
  /** Why, in one sentence. */
  readonly why: string;
  /** What may be done next, in words a model can act on. */
  readonly next: string;
}

/**
 * The only thing the package throws into a host on purpose: an action that was not run. Give its message to the model as the tool's
 * result. Nothing was executed, unless `mayHaveRun` says that it was stopped in the middle.
 */
export abstract class ActionRefusal extends Error {
  abstract readonly code: RefusalCode;
  readonly action: string;
  readonly rule: string;
  readonly why: string;
  readonly next: string;
  /** True when the action had begun and was aborted: its effect is uncertain. */
  readonly mayHaveRun: boolean;

  constructor(facts: RefusalFacts, mayHaveRun = false) {
    super(`${facts.action} was ${mayHaveRun ? 'stopped' : 'not run'}: ${facts.why} ${facts.next}`);
    this.action = facts.action;
    this.rule = facts.rule;
    this.why = facts.why;
    this.next = facts.next;
    this.mayHaveRun = mayHaveRun;
  }
}

/** Policy or a fail mode said no. */
export class ActionDeniedError extends ActionRefusal {
  override readonly name = 'ActionDeniedError';
  readonly code = 'action_denied';
}

/** The agent, this run or this session is paused. */
export class AgentPausedError extends ActionRefusal {
  override readonly name = 'AgentPausedError';
  readonly code = 'agent_paused';
}

/** The agent or this run is killed. */
export class AgentKilledError extends ActionRefusal {
  override readonly name = 'AgentKilledError';
  readonly code = 'agent_killed';
}

/** No such tool, or arguments that do not match its schema. */
export class InvalidActionError extends ActionRefusal {
  override readonly name = 'InvalidActionError';
  readonly code = 'invalid_action';
}

/** True for every typed refusal, also across copies of this package. */
export function isActionRefusal(value: unknown): value is ActionRefusal {
  if (value instanceof ActionRefusal) return true;
  return value instanceof Error && 'code' in value && CODES.has(value.code as string) && 'rule' in value && 'next' in value;
}

const CODES: ReadonlySet<string> = new Set<RefusalCode>(['action_denied', 'agent_paused', 'agent_killed', 'invalid_action']);
