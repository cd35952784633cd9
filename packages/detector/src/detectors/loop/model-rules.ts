import { beginOf, type Rule } from './rule.ts';

/** Talking without acting: L8 (the same message) and L10 (condensing the context). */
export const modelRules: readonly Rule[] = [
  {
    id: 'L8',
    on: 'message',
    streak: 'monologue',
    match: ({ streaks: { monologue } }, { l8Messages }) =>
      monologue.count >= l8Messages
        ? {
            severity: 'warning',
            count: monologue.count,
            ...beginOf(monologue),
            what: 'the same or an empty message with no action between',
            key: monologue.key,
          }
        : undefined,
  },
  {
    id: 'L10',
    on: 'condensation',
    streak: 'condensed',
    match: ({ streaks: { condensed } }, { l10Condensations }) =>
      condensed.count >= l10Condensations
        ? {
            severity: 'warning',
            count: condensed.count,
            ...beginOf(condensed),
            what: 'condensing the context with no action between',
            key: condensed.key,
          }
        : undefined,
  },
];
