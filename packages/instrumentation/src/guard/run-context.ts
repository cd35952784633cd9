import { textDigest } from '@belay/protocol';
import type { Action } from './action.ts';
import type { RunContext } from './action-definition.ts';

/** A run context whose signal and key are made when the code first asks for them: most reads ask for neither. */
export function createRunContext(
  action: Action,
  runId: string,
): { readonly context: RunContext; readonly abort: (reason: unknown) => void } {
  let controller: AbortController | undefined;
  let aborted: { readonly reason: unknown } | undefined;
  const context: RunContext = {
    get signal() {
      controller ??= new AbortController();
      if (aborted !== undefined) controller.abort(aborted.reason);
      return controller.signal;
    },
    get idempotencyKey() {
      return idempotencyKey(action, runId);
    },
    attempt: action.attempt?.attempt ?? 1,
  };
  const abort = (reason: unknown): void => {
    aborted ??= { reason };
    controller?.abort(reason);
  };
  return { context, abort };
}

/**
 * Derived from task, action digest and attempt group: the same for every try of an action, and after a restart when the host names its
 * task or session; another one for a deliberate repetition.
 */
function idempotencyKey(action: Action, runId: string): string {
  const group = action.options.attemptGroup ?? String(action.attempt?.group ?? 0);
  const what = action.facts?.digest ?? `seq:${runId}:${action.seq}`;
  return `belay-${textDigest(JSON.stringify([action.scope.keyBase, what, group])).slice('sha256:'.length, 'sha256:'.length + 40)}`;
}
