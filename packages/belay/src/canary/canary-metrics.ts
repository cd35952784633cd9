import type { CanaryStatus } from './canary-record.ts';

/** The canary as Prometheus text. Seconds, as is the custom there. */
export function canaryMetrics(status: CanaryStatus): string {
  const lines = [
    ...gauge(
      'belay_canary_working',
      'Whether the loop from decision to confirmed pause works: 1 yes, 0 broken.',
      status.state === 'broken' ? 0 : 1,
    ),
    ...counter('belay_canary_trips_total', 'Canary decisions that came back as a confirmed pause.', status.trips),
    ...counter('belay_canary_failures_total', 'Canary decisions that did not come back in time.', status.failures),
  ];
  const { last } = status;
  if (last !== undefined) {
    lines.push(...gauge('belay_canary_held_seconds', 'Canary action to the hold on record, last trip.', last.heldUs / 1e6));
    lines.push(...gauge('belay_canary_confirmed_seconds', 'Canary action to the confirmed pause, last trip.', last.confirmedUs / 1e6));
  }
  return `${lines.join('\n')}\n`;
}

const gauge = (name: string, help: string, value: number): string[] => family(name, 'gauge', help, value);

const counter = (name: string, help: string, value: number): string[] => family(name, 'counter', help, value);

const family = (name: string, type: string, help: string, value: number): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  `${name} ${value}`,
];
