/** Names and contents of the log (docs/contracts.md §2.5). A version is part of the name. */
export const TOPICS = {
  decisions: 'belay.decisions.v1',
  conversations: 'belay.conversations.v1',
  anomalies: 'belay.anomalies.v1',
  scores: 'belay.scores.v1',
  control: 'belay.control.v1',
  detectorState: 'belay.detector-state.v1',
  deadLetter: 'belay.dead-letter.v1',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

const DAY_MS = 86_400_000;

export interface TopicSpec {
  readonly name: Topic;
  readonly cleanup: { readonly kind: 'delete'; readonly retentionMs: number } | { readonly kind: 'compact' };
}

/** Every topic with its clean-up policy; created by the bus adapters at start. */
export const TOPIC_SPECS: readonly TopicSpec[] = [
  { name: TOPICS.decisions, cleanup: { kind: 'delete', retentionMs: 7 * DAY_MS } },
  { name: TOPICS.conversations, cleanup: { kind: 'delete', retentionMs: DAY_MS } },
  { name: TOPICS.anomalies, cleanup: { kind: 'delete', retentionMs: 30 * DAY_MS } },
  { name: TOPICS.scores, cleanup: { kind: 'delete', retentionMs: DAY_MS } },
  { name: TOPICS.control, cleanup: { kind: 'delete', retentionMs: 30 * DAY_MS } },
  { name: TOPICS.detectorState, cleanup: { kind: 'compact' } },
  { name: TOPICS.deadLetter, cleanup: { kind: 'delete', retentionMs: 14 * DAY_MS } },
];

/** A message on a line topic (NDJSON) is at most this long. */
export const MESSAGE_MAX_BYTES = 256_000;
/** One decision event is at most this long. */
export const EVENT_MAX_BYTES = 32_000;
/** Message header: version of the line schema, decimal text. */
export const HEADER_SCHEMA = 'belay-schema';
/** Message header: number of lines in the message, decimal text. */
export const HEADER_LINES = 'belay-lines';
