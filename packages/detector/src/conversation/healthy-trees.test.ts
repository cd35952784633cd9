import { describe, expect, test } from 'vitest';
import { treeAnomalies } from '../testing/trees.test-support.ts';
import { HEALTHY_SCENES, healthyTree } from './healthy-trees.test-support.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

describe('no alarm, whatever the seed, when', () => {
  test.each(HEALTHY_SCENES)('%s', (name) => {
    const events = SEEDS.flatMap((seed) => healthyTree(name, seed));
    expect(events.length).toBeGreaterThan(500);
    expect(treeAnomalies(events).map(({ rule, explanation }) => `${rule}: ${explanation}`)).toEqual([]);
  });
});
