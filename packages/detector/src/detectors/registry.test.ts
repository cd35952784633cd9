import { existsSync, readFileSync } from 'node:fs';
import { modelCall } from '@belay/testkit';
import { describe, expect, test } from 'vitest';
import { call, cleanStream } from '../testing/streams.test-support.ts';
import type { DetectorType } from './detector.ts';
import { type ContractStreams, detectorContract } from './detector-contract.ts';
import { detectorRegistry } from './registry.ts';

const clean = cleanStream(1_500);

/** An attack of each detector's own kind. A registered detector without one fails below. */
const STREAMS: Readonly<Record<string, ContractStreams>> = {
  loop: { clean, attack: Array.from({ length: 60 }, (_, i) => call(i + 1, 'same', 'same')), foundWithin: 3 },
  spend_rate: {
    clean,
    attack: [
      ...clean.slice(0, 700),
      ...Array.from({ length: 60 }, (_, i) =>
        modelCall({ n: 5_000 + i, startUs: (clean[699]?.startUs ?? 0) + i * 100_000, costNanoUsd: 60_000_000 }),
      ),
    ],
    foundWithin: 700 + 10,
  },
  canary: { clean, attack: [call(1, 'ping', 'pong', { agentId: 'belay-canary-1', call: { name: 'belay.canary' } })], foundWithin: 1 },
};

describe.each(detectorRegistry.map((type): [string, DetectorType] => [type.id, type]))('%s', (id, type) => {
  const streams = STREAMS[id];

  test('has an attack stream of its own', () => {
    expect(streams).toBeDefined();
  });

  for (const check of streams === undefined ? [] : detectorContract(type, streams)) test(check.name, () => check.run());

  test('is documented', () => {
    const page = new URL(`../../../../docs/detectors/${id}.md`, import.meta.url);
    expect(existsSync(page)).toBe(true);
    for (const heading of ['## Inputs', '## Rules', '## Configuration', '## Cold start', '## Blind spots'])
      expect(readFileSync(page, 'utf8')).toContain(heading);
  });

  test('takes no configuration it does not know', () => {
    expect(type.configSchema.safeParse({ nonsense: 1 }).success).toBe(false);
    expect(type.configSchema.safeParse({}).success).toBe(true);
  });
});

test('ids are unique, and only stable detectors are probes', () => {
  expect(new Set(detectorRegistry.map(({ id }) => id)).size).toBe(detectorRegistry.length);
  for (const { probe, stability } of detectorRegistry) if (probe) expect(stability).toBe('stable');
});
