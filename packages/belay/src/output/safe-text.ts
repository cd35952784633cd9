/**
 * Text from an agent, made safe for a terminal: control and escape characters, bidirectional overrides and line breaks are replaced, so
 * a hostile agent can neither move the cursor nor recolour, hide or reorder what an operator reads.
 */
export function safeText(text: string, maxLength: number = Number.MAX_SAFE_INTEGER): string {
  const flat = text
    .toWellFormed()
    .replaceAll(/\s+/gu, ' ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: replacing them is the point
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '�');
  const characters = [...flat];
  return characters.length <= maxLength ? flat : `${characters.slice(0, Math.max(0, maxLength - 1)).join('')}…`;
}
