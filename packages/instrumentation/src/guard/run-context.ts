import { textDigest } from '@belay/protocol';
import type { Action } from './action.ts';
import type { RunContext } from './action-definition.ts';

/** A run context whose signal and key are made when the code first asks for them: most reads ask for neither. */
export class ActionContext implements RunContext {
  readonly attempt: number;
  readonly #action: Action;
  readonly #runId: string;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(action: Action, runId: string) {
    this.attempt = action.attempt?.attempt ?? 1;
    this.#action = action;
    this.#runId = runId;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    return this.#controller.signal;
  }

  get idempotencyKey(): string {
    return idempotencyKey(this.#action, this.#runId);
  }

  /** For the guard alone. */
  static abort(context: ActionContext, reason: unknown): void {
    context.#aborted ??= { reason };
    context.#controller?.abort(reason);
  }
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
