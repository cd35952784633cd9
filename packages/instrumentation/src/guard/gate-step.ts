import type { Hold } from '@belay/protocol';
import { holdProcess } from '../transport/process-hold.ts';
import type { Action } from './action.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { endedRefusal, holdRefusal } from './hold-refusal.ts';
import { ActionDeniedError, type ActionRefusal } from './refusals.ts';

/** More calls than this never wait at a closed gate: a host that goes on starting calls must not fill the memory. */
const MAX_WAITING = 1000;

/** Step 1: may this scope act at all? Waits for the release of a pause, or refuses, by configuration. */
export function gateStep(runtime: GuardRuntime, action: Action): ActionRefusal | undefined | Promise<ActionRefusal | undefined> {
  const hold = stoppingHold(runtime, action);
  if (hold === undefined) return runtime.gate.state === 'ended' ? endedRefusal(action.definition.name) : undefined;
  if (hold.action === 'kill' || runtime.config.whenPaused === 'refuse') return holdRefusal(hold, action.definition.name);
  if (runtime.gate.waiting >= MAX_WAITING) return holdRefusal(hold, action.definition.name);
  return waitAtGate(runtime, action, hold);
}

/** The hold that stops this action now; reads that the author allowed pass a pause, never a kill. */
export function stoppingHold(runtime: GuardRuntime, action: Action): Hold | undefined {
  const hold = runtime.gate.holdFor(action.scope);
  return hold?.action === 'pause' && action.definition.allowWhilePaused ? undefined : hold;
}

async function waitAtGate(runtime: GuardRuntime, action: Action, hold: Hold): Promise<ActionRefusal | undefined> {
  const { signal } = action.options;
  if (signal?.aborted) return holdRefusal(hold, action.definition.name);
  const release = holdProcess();
  const waiting = runtime.gate.wait(action.scope);
  const aborted = Promise.withResolvers<'aborted'>();
  const onAbort = (): void => aborted.resolve('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  const outcome = await Promise.race([waiting.outcome, aborted.promise]);
  signal?.removeEventListener('abort', onAbort);
  waiting.cancel();
  release();
  if (outcome === 'aborted') return givenUp(action);
  if ('killedBy' in outcome) return holdRefusal(outcome.killedBy, action.definition.name);
  return 'ended' in outcome ? endedRefusal(action.definition.name) : undefined;
}

const givenUp = (action: Action): ActionRefusal =>
  new ActionDeniedError({
    action: action.definition.name,
    rule: 'aborted_while_paused',
    why: 'the caller gave up while the agent was paused.',
    next: 'Nothing was run; ask again after the release.',
  });
