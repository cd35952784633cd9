import { type Clock, TOPICS } from '@belay/protocol';
import type { Canary } from '../canary/canary.ts';
import { engineNames } from './engines.ts';
import { mergeMetrics } from './merge-metrics.ts';
import type { Services } from './platform.ts';
import type { Engines } from './start-services.ts';
import type { StatusSource } from './status-server.ts';
import type { UpSettings } from './up-settings.ts';

export interface StatusParts {
  readonly services: Services;
  readonly engines: Engines;
  readonly canary: Canary | undefined;
  readonly clock: Clock;
}

/** What `/readyz`, `/metrics` and `/status` of this process say. */
export function createStatusSource(settings: UpSettings, { services, engines, canary, clock }: StatusParts): StatusSource {
  const startedUs = clock.nowUs();
  const healthOf = async () => {
    const [bus, store, database] = await Promise.all([engines.bus.isHealthy(), engines.store?.isHealthy(), engines.database?.isHealthy()]);
    return { bus, store, database };
  };
  return {
    isReady: async () => Object.values(await healthOf()).every((isHealthy) => isHealthy !== false),
    metrics: async () => {
      const texts = await Promise.all(Object.values(services).map((service) => service?.metrics() ?? ''));
      return mergeMetrics([...texts, canary?.metrics() ?? '']);
    },
    status: async () => ({
      pid: process.pid,
      node: process.versions.node,
      tenant: settings.tenant,
      roles: [...settings.roles],
      engines: engineNames(settings),
      startedUs,
      nowUs: clock.nowUs(),
      health: await healthOf(),
      lag: await lagOf(engines),
      canary: canary?.status(),
      memoryBytes: process.memoryUsage.rss(),
    }),
  };
}

const GROUPS = [
  { group: 'belay-detector', topic: TOPICS.decisions },
  { group: 'belay-archive-decisions', topic: TOPICS.decisions },
  { group: 'belay-control', topic: TOPICS.anomalies },
] as const;

/** Messages that each consumer has still to read; undefined when the log does not tell. */
async function lagOf({ bus }: Engines): Promise<Record<string, number | undefined>> {
  const entries = GROUPS.map(async ({ group, topic }): Promise<[string, number | undefined]> => {
    try {
      const partitions = await bus.lag(group, topic);
      return [group, partitions.reduce((sum, { lag }) => sum + Number(lag), 0)];
    } catch {
      return [group, undefined];
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}
