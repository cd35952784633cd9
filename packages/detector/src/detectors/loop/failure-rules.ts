import { beginOf, graded, type Rule } from './rule.ts';

/** One failing call that comes round again is a round (L3, L4); L11 is about trying several. */
const LEAST_WAYS = 2;

/** Failures that do not stop: L7 (one error, many tools), L9 (one tool, any arguments) and L11 (failures with repeats between). */
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
            ...beginOf(cascade),
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
          ...beginOf(toolFailing),
          what: 'one tool failing or finding nothing, whatever the arguments,',
          key: toolFailing.key,
          tool: toolFailing.key,
        }
      );
    },
  },
  {
    id: 'L11',
    on: 'action',
    streak: 'stalled',
    match: ({ streaks: { stalled }, stalledFailures, stalledWays }, { l11Loop, l11Failures }) =>
      stalled.count >= l11Loop && stalledFailures >= l11Failures && stalledWays >= LEAST_WAYS && stalledFailures < stalled.count
        ? {
            severity: 'warning',
            count: stalled.count,
            ...beginOf(stalled),
            what: 'failing and asking for what it knows already',
            key: stalled.key,
          }
        : undefined,
  },
];
