import type { InFlightAction } from '../gate/in-flight.ts';
import type { Action } from './action.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { ActionContext } from './run-context.ts';

/** How the run of an action ended, for its caller. `settled` = the action's own code is done; otherwise it may still be working. */
export type Execution =
  | { readonly kind: 'returned'; readonly result: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | {
      readonly kind: 'stopped';
      readonly by: 'timeout' | 'caller' | 'hold';
      readonly began: boolean;
      readonly reason: unknown;
      /** Resolves when the code of an action that a hold stopped has settled; absent otherwise. */
      readonly settled?: Promise<void>;
    };

/**
 * Step 8: runs the action's code, once, with a signal, a time-out and an idempotency key. Resolves when the code settles or is stopped;
 * the action stays in the in-flight set until its code settles, so *confirmed* is never said too early. Never rejects.
 */
export function executeStep(runtime: GuardRuntime, action: Action): Promise<Execution> {
  const { definition, options } = action;
  if (options.signal?.aborted) return Promise.resolve({ kind: 'stopped', by: 'caller', began: false, reason: options.signal.reason });
  const { promise, resolve } = Promise.withResolvers<Execution>();
  const context = new ActionContext(action, runtime.runId);
  const stop = (by: 'timeout' | 'caller' | 'hold', reason: unknown, settled?: Promise<void>): void => {
    resolve({ kind: 'stopped', by, began: true, reason, ...(settled === undefined ? {} : { settled }) });
    ActionContext.abort(context, reason);
  };
  const timer = setTimeout(() => stop('timeout', timeoutError(definition.name, definition.timeoutMs)), definition.timeoutMs);
  timer.unref();
  const onAbort = (): void => stop('caller', options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const inFlight: InFlightAction = {
    seq: action.seq,
    sessionIds: action.scope.sessionIds,
    timeoutMs: definition.timeoutMs,
    passesPause: definition.allowWhilePaused,
    abort: (reason) => stop('hold', reason, settled),
  };
  runtime.inFlight.add(inFlight);
  const settle = (execution: Execution): void => {
    runtime.inFlight.remove(inFlight);
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
    resolve(execution);
    runtime.gate.settled();
  };
  const settled: Promise<void> = run(action, context).then(
    (result) => settle({ kind: 'returned', result }),
    (error: unknown) => settle({ kind: 'threw', error }),
  );
  return promise;
}

async function run(action: Action, context: Parameters<Action['definition']['run']>[1]): Promise<unknown> {
  return action.definition.run(action.input, context);
}

function timeoutError(name: string, timeoutMs: number): Error {
  return new DOMException(`${name} did not finish within ${timeoutMs} ms and was aborted.`, 'TimeoutError');
}
