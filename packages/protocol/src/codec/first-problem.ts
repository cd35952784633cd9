import type { z } from 'zod';

/** `path: message` of the first thing a schema did not like; never holds the value. */
export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'does not match the schema';
  return `${issue.path.length === 0 ? 'value' : issue.path.join('.').slice(0, 200)}: ${issue.message.slice(0, 200)}`;
}
