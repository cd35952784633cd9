import { graded, type Rule } from './rule.ts';

/** Failures that do not stop: L7 (one error, many tools) and L9 (one tool, any arguments). */
export const failureRules: readonly Rule[] = [
  {
    id: 'L7',
    on: 'action',
    streak: 'cascade',
    match: ({ streaks: { cascade }, cascadeTools }, { l7Streak, l7Tools }) =>
      cascade.count >= l7Streak && cascadeTools.length >= l7Tools
        ? {
            severity: 'critical',
            count: cascade.count,
            since: cascade.since,
            what: `the same error from ${cascadeTools.length} different tools`,
            key: cascade.key,
          }
        : undefined,
  },
  {
    id: 'L9',
    on: 'action',
    streak: 'toolFailing',
    match: ({ streaks: { toolFailing } }, { l9Nudge, l9Loop }) => {
      const severity = graded(toolFailing.count, { nudge: l9Nudge, loop: l9Loop });
      return (
        severity && {
          severity,
          count: toolFailing.count,
          since: toolFailing.since,
          what: 'one tool failing or finding nothing, whatever the arguments,',
          key: toolFailing.key,
        }
      );
    },
  },
];
