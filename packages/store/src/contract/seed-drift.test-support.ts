import type { Score } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import type { Store } from '../store.ts';
import { FLEET } from './seed-fleet.test-support.ts';
import { BASE_US } from './store-under-test.test-support.ts';

const MINUTE_US = 60_000_000;

/** Readings of every metric of drift and one shift, of each agent of tenant `acme`; every row twice. */
export async function seedDrift(store: Store): Promise<void> {
  for (const agentId of FLEET) {
    const shift = anomaly({ agentId, id: `shift-${agentId.length}`, detector: 'drift', rule: 'error_rate', detectedUs: BASE_US });
    for (let copy = 0; copy < 2; copy += 1) {
      await store.writer.insertDetectorScores(
        [0, 1, 2].flatMap((minute) => readings(agentId, BASE_US + minute * MINUTE_US)).map((score) => ({ score, receivedUs: score.atUs })),
      );
      await store.writer.insertAnomalies([shift]);
    }
  }
}

function readings(agentId: string, atUs: number): Score[] {
  const base = { v: 1, tenant: 'acme', agentId, detector: 'drift', samples: 100, learning: false, atUs, value: 0.1 } as const;
  const tested = { ...base, reference: 0.05, statistic: 1, threshold: 4 };
  return [
    { ...tested, metric: 'success_rate', subject: 'read:search' },
    { ...tested, metric: 'success_rate', subject: "write:it's" },
    { ...tested, metric: 'error_rate' },
    { ...tested, metric: 'approval_rejection_rate' },
    { ...tested, metric: 'cost_per_task' },
    { ...tested, metric: 'action_mix' },
    { ...base, metric: 'error_rate', atUs: atUs + 1, learning: true },
  ];
}
