import { ATTR } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { Scope } from '../agent/scope.ts';

/** Adds the session and task that a span belongs to. A conversation id is never invented. The turn changes with time: whoever knows the moment adds it. */
export function scopeAttributes(attributes: Attributes, { session, task }: Pick<Scope, 'session' | 'task'>): void {
  if (session?.id !== undefined) attributes[ATTR.conversationId] = session.id;
  if (session?.rootId !== undefined) attributes[ATTR.sessionRoot] = session.rootId;
  if (task === undefined) return;
  attributes[ATTR.taskId] = task.id;
  attributes[ATTR.taskName] = task.name;
}
