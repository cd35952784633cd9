/**
 * Joins Prometheus texts of several registries of one process. A family that an earlier text had already (the runtime's own metrics) is
 * left out, since a repeated family makes the whole page unreadable to Prometheus.
 */
export function mergeMetrics(texts: readonly string[]): string {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const text of texts) {
    const own = new Set<string>();
    for (const line of text.split('\n')) {
      const family = familyOf(line);
      if (family === undefined || seen.has(family)) continue;
      own.add(family);
      lines.push(line);
    }
    for (const family of own) seen.add(family);
  }
  return `${lines.join('\n')}\n`;
}

/** The metric family of a line, suffixes of histograms and summaries removed; undefined for an empty one. */
function familyOf(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  const name = /^# (?:HELP|TYPE) (\S+)/.exec(line)?.[1] ?? /^[a-zA-Z_:][\w:]*/.exec(line)?.[0];
  return name?.replace(/_(?:bucket|sum|count)$/, '');
}
