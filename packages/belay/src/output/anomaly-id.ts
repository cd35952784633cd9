const SHOWN = 12;

/** The beginning of an anomaly's id, enough to name it: 48 bits. What `belay feedback` takes. Safe for a terminal. */
export const shortAnomalyId = (id: string): string =>
  id
    .replace(/^sha256:/, '')
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, SHOWN);
