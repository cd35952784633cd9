/** Replaces credentials inside text by `[redacted]`. */
export function redactText(text: string): string {
  return text
    .replaceAll(/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]')
    .replaceAll(/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g, '[redacted]')
    .replaceAll(/\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/g, '[redacted]');
}
