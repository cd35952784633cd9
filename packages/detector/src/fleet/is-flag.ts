import type { Anomaly } from '@belay/protocol';

/** Does a finding make the use of what it was found on suspicious? Hints of other detectors do not. */
export const isFlag = ({ detector, severity }: Pick<Anomaly, 'detector' | 'severity'>): boolean =>
  detector === 'novel_endpoint' || severity !== 'info';
