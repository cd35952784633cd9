const NAME_MAX = 40;
const DIGIT: RegExp = /\d/;
const IDENTIFIERS: readonly RegExp[] = [
  /^\d+(?:[.,:_-]\d+)*$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^(?:0x)?[0-9a-f]{8,}$/i,
  /^[A-Z0-9]{8,}$/,
  /^[A-Za-z]{1,16}[-_:]\d+$/,
  /^\d{4}-\d{2}-\d{2}T[\w:.+-]+$/,
  /^[A-Za-z0-9_:=+~.-]{20,}$/,
];

/** A path segment with what changes from call to call (numbers, dates, UUIDs, hashes, ids, opaque tokens) replaced by `{id}`. */
export function templateSegment(segment: string): string {
  if (segment.length > NAME_MAX) return '{id}';
  if (!DIGIT.test(segment)) return segment;
  return IDENTIFIERS.some((pattern) => pattern.test(segment)) ? '{id}' : segment;
}
