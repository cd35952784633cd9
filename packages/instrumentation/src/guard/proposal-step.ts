import { creationAttributes, describeCall, describedBytes } from '../span/decision-attributes.ts';
import { KIND } from '../span/span-recorder.ts';
import type { Action } from './action.ts';
import type { GuardRuntime } from './guard-runtime.ts';
import { ActionDeniedError, type ActionRefusal } from './refusals.ts';

/**
 * Step 7: the record before the act. A write is proposed and goes on; a destructive action waits until the collector has it on the log,
 * and when that cannot be had the fail mode decides.
 */
export function proposalStep(runtime: GuardRuntime, action: Action): undefined | Promise<ActionRefusal | undefined> {
  if (action.effect === 'read' || action.definition.kind === 'model') return undefined;
  const { recorder } = runtime;
  const span = recorder.start(`propose ${action.definition.name}`, KIND.internal, creationAttributes(runtime, action), action.scope.parent);
  const draft = { describe: describeCall(runtime, action), bytes: describedBytes(action) };
  if (action.effect === 'write') {
    recorder.endNow(span, draft);
    return undefined;
  }
  return recorder.acknowledged(span, draft, runtime.config.failMode.recordTimeoutMs).then((recorded) => judge(runtime, action, recorded));
}

function judge(runtime: GuardRuntime, action: Action, recorded: boolean): ActionRefusal | undefined {
  if (recorded) return undefined;
  if (runtime.config.failMode.unrecorded === 'allow') {
    runtime.warnOnce('unrecorded', `A destructive action (${action.definition.name}) went on although its proposal was not acknowledged.`);
    return undefined;
  }
  return new ActionDeniedError({
    action: action.definition.name,
    rule: 'fail_mode:unrecorded',
    why: 'it is destructive, and the collector did not confirm in time that it is on record.',
    next: 'Nothing irreversible runs unrecorded: try again in a minute, or ask a person.',
  });
}
