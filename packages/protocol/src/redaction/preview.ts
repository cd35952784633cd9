const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The text cut to at most `maxBytes` of UTF-8, never inside a character; a cut is marked with `…` where three bytes are to spare. */
export function preview(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text.toWellFormed();
  const buffer = new Uint8Array(Math.max(0, maxBytes));
  const { read, written } = encoder.encodeInto(text, buffer);
  if (read >= text.length) return text.toWellFormed();
  const mark = maxBytes >= 3 ? '…' : '';
  return decoder.decode(buffer.subarray(0, characterStart(buffer, Math.min(written, maxBytes - (mark === '' ? 0 : 3))))) + mark;
}

/** The start of the character that `at` falls into, or `at` itself on a border. */
function characterStart(buffer: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && ((buffer[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
