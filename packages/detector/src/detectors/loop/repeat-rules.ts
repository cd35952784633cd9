import { graded, type Rule } from './rule.ts';

/** The same call again and again: L0, L1, L1b, L2 and wait. */
export const repeatRules: readonly Rule[] = [
  {
    id: 'L0',
    on: 'action',
    streak: 'raw',
    match: ({ streaks: { raw } }, { l0Repeats }) =>
      raw.count >= l0Repeats
        ? { severity: 'critical', count: raw.count, since: raw.since, what: 'the same call, whatever came of it', key: raw.key }
        : undefined,
  },
  {
    id: 'L1',
    on: 'action',
    streak: 'repeat',
    match: ({ streaks: { repeat } }, { l1Nudge, l1Loop }) => {
      const severity = graded(repeat.close, { nudge: l1Nudge, loop: l1Loop });
      return (
        severity && {
          severity,
          count: repeat.close,
          since: repeat.since + repeat.count - repeat.close,
          what: 'the same call with the same result',
          key: repeat.key,
        }
      );
    },
  },
  {
    id: 'L1b',
    on: 'action',
    streak: 'repeat',
    match: ({ streaks: { repeat } }, { l1bLoop }) =>
      repeat.count >= l1bLoop
        ? { severity: 'warning', count: repeat.count, since: repeat.since, what: 'a poll whose answer never changes', key: repeat.key }
        : undefined,
  },
  {
    id: 'L2',
    on: 'action',
    streak: 'failing',
    match: ({ streaks: { failing } }, { l2Nudge, l2Loop }) => {
      const severity = graded(failing.count, { nudge: l2Nudge, loop: l2Loop });
      return (
        severity && { severity, count: failing.count, since: failing.since, what: 'the same call, failing each time', key: failing.key }
      );
    },
  },
  {
    id: 'wait',
    on: 'action',
    streak: 'wait',
    match: ({ streaks: { wait } }, { waitRepeats }) =>
      wait.count >= waitRepeats
        ? { severity: 'warning', count: wait.count, since: wait.since, what: 'waiting with blank calls and blank answers', key: wait.key }
        : undefined,
  },
];
