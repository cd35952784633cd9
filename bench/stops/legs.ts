import type { StopStory } from 'belay';

/** One stop, all moments in µs of this machine's clock. */
export interface StopMoments {
  readonly badActionUs: number;
  readonly receivedUs: number;
  readonly detectedUs: number;
  readonly heldUs: number;
  readonly stateUs: number;
  readonly appliedUs: number;
  readonly confirmedUs: number;
}

export interface LegSummary {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const LEGS = {
  'bad action → received by the collector (export)': ['badActionUs', 'receivedUs'],
  'received → detected': ['receivedUs', 'detectedUs'],
  'detected → held': ['detectedUs', 'heldUs'],
  'held → state at the agent': ['heldUs', 'stateUs'],
  'state → applied': ['stateUs', 'appliedUs'],
  'applied → confirmed': ['appliedUs', 'confirmedUs'],
  'received → confirmed (without the export)': ['receivedUs', 'confirmedUs'],
  'bad action → confirmed': ['badActionUs', 'confirmedUs'],
} as const satisfies Record<string, readonly [keyof StopMoments, keyof StopMoments]>;

/** The moments of a confirmed stop; undefined when one is missing. */
export function momentsOf(story: StopStory, receivedUs: number | undefined): StopMoments | undefined {
  const { badActionUs, detectedUs, placedUs: heldUs, acks } = story;
  const { received: stateUs, applied: appliedUs, confirmed: confirmedUs } = acks;
  if (badActionUs === undefined || receivedUs === undefined || detectedUs === undefined) return undefined;
  if (stateUs === undefined || appliedUs === undefined || confirmedUs === undefined) return undefined;
  return { badActionUs, receivedUs, detectedUs, heldUs, stateUs, appliedUs, confirmedUs };
}

/** Percentiles by nearest rank, per leg. */
export function summarise(stops: readonly StopMoments[]): Record<keyof typeof LEGS, LegSummary> {
  const rows = Object.entries(LEGS).map(([name, [from, to]]) => {
    const sorted = stops.map((stop) => (stop[to] - stop[from]) / 1000).sort((a, b) => a - b);
    const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
    const round = (value: number): number => Math.round(value * 100) / 100;
    return [name, { p50Ms: round(rank(0.5)), p99Ms: round(rank(0.99)), maxMs: round(rank(1)) }];
  });
  return Object.fromEntries(rows) as Record<keyof typeof LEGS, LegSummary>;
}
