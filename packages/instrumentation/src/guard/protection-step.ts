import { type AwayReason, protectionFor } from '../gate/protection.ts';
import { holdProcess } from '../transport/process-hold.ts';
import type { Action } from './action.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { ActionDeniedError, type ActionRefusal } from './refusals.ts';

/** Step 2b: the fail mode, by effect, when control is away or has not been heard yet (docs/adr/004-fail-modes.md). */
export function protectionStep(runtime: GuardRuntime, action: Action): ActionRefusal | undefined | Promise<ActionRefusal | undefined> {
  const protection = protectionFor(runtime.control.contact(), action.effect, runtime.config.failMode, runtime.clock.monotonicUs());
  if ('go' in protection) return undefined;
  if ('refuse' in protection) return awayRefusal(protection.refuse, action);
  return waitForControl(runtime, action, protection.waitMs);
}

async function waitForControl(runtime: GuardRuntime, action: Action, waitMs: number): Promise<ActionRefusal | undefined> {
  const release = holdProcess();
  await runtime.control.contactChange(waitMs);
  release();
  return protectionStep(runtime, action);
}

const WHY: Readonly<Record<AwayReason, string>> = {
  unprotected: 'no control service is configured, and this agent may not act unprotected.',
  token_refused: 'the control service does not accept the token of this agent.',
  no_first_state: 'the control service has not been reached since this agent started.',
  control_away: 'the control service has been away for longer than this action may go on without it.',
};

const LATER = 'Reads still work: go on with those, or try this again in a minute.';

const NEXT: Readonly<Record<AwayReason, string>> = {
  unprotected: LATER,
  token_refused: 'Trying again does not help until a person gives this agent a valid token: say so, and go on with reads.',
  no_first_state: LATER,
  control_away: LATER,
};

function awayRefusal(reason: AwayReason, action: Action): ActionRefusal {
  return new ActionDeniedError({
    action: action.definition.name,
    rule: `fail_mode:${reason}`,
    why: `it is ${action.effect}, and ${WHY[reason]}`,
    next: NEXT[reason],
  });
}
