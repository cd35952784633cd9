import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ATTACKS } from '../testing/attack-streams.test-support.ts';
import type { DetectorType } from './detector.ts';
import { detectorContract } from './detector-contract.ts';
import { detectorRegistry } from './registry.ts';

describe.each(detectorRegistry.map((type): [string, DetectorType] => [type.id, type]))('%s', (id, type) => {
  const streams = ATTACKS[id];

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
