/** Why intent, call and outcome do not fit together. Ids are stable and append-only; weights are shares of certainty that something is wrong. */
export const DIVERGENCE_REASONS = {
  'intent.says_read': { weight: 0.5, sentence: 'The agent said it would only look, and the call changes something.' },
  'intent.says_read_destroys': { weight: 0.8, sentence: 'The agent said it would only look, and the call cannot be taken back.' },
  'intent.unrelated': {
    weight: 0.4,
    sentence: 'What the agent said names neither the tool, nor an object, amount, recipient or kind of action of the call.',
  },
  'intent.other_amount': { weight: 0.6, sentence: 'The agent named one amount, and the call has another.' },
  'intent.other_recipient': { weight: 0.6, sentence: 'The agent named one recipient, and the call goes to another.' },
  'outcome.error_in_ok': { weight: 0.5, sentence: 'The tool reported success, and its result reads like an error.' },
  'outcome.more_affected': { weight: 0.7, sentence: 'More was touched than the call allowed for.' },
  'outcome.not_as_planned': { weight: 0.6, sentence: 'The dry run touched another number of things than the real one.' },
  'outcome.nothing_found': { weight: 0.3, sentence: 'The tool promises a result, and there was none.' },
  'outcome.other_resource': { weight: 0.6, sentence: 'The result is about another thing than the one asked for.' },
  'outcome.unexpected': { weight: 0.7, sentence: "The author's own check of the result failed." },
} as const satisfies Readonly<Record<string, { readonly weight: number; readonly sentence: string }>>;

export type DivergenceReason = keyof typeof DIVERGENCE_REASONS;
