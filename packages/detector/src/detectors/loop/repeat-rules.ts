import { beginOf, graded, type Rule } from './rule.ts';

/** The same call again and again: L0, L1, L1b, L2 and wait. */
export const repeatRules: readonly Rule[] = [
  {
    id: 'L0',
    on: 'action',
    streak: 'raw',
    match: ({ streaks: { raw } }, { l0Repeats }) =>
      raw.count >= l0Repeats
        ? {
            severity: 'critical',
            count: raw.count,
            ...beginOf(raw),
            what: 'the same call, whatever came of it',
            key: raw.key,
            calls: [raw.key],
          }
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
          ...beginOf(repeat),
          since: repeat.since + repeat.count - repeat.close,
          what: 'the same call with the same result',
          key: repeat.key,
          calls: [repeat.key],
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
        ? {
            severity: 'warning',
            count: repeat.count,
            ...beginOf(repeat),
            what: 'a poll whose answer never changes',
            key: repeat.key,
            calls: [repeat.key],
          }
        : undefined,
  },
  {
    id: 'L2',
    on: 'action',
    streak: 'failing',
    match: ({ streaks: { failing } }, { l2Nudge, l2Loop }) => {
      const severity = graded(failing.count, { nudge: l2Nudge, loop: l2Loop });
      return (
        severity && {
          severity,
          count: failing.count,
          ...beginOf(failing),
          what: 'the same call, failing each time,',
          key: failing.key,
          calls: [failing.key],
        }
      );
    },
  },
  {
    id: 'wait',
    on: 'action',
    streak: 'wait',
    match: ({ streaks: { wait } }, { waitRepeats }) =>
      wait.count >= waitRepeats
        ? { severity: 'warning', count: wait.count, ...beginOf(wait), what: 'waiting with blank calls and blank answers', key: wait.key }
        : undefined,
  },
];
