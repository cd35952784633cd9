import { expect, test } from 'vitest';
import { type DetectorConfig, defaultDetectorConfig } from './config.ts';
import { configDigestOf } from './config-digest.ts';

const shipped = defaultDetectorConfig();
const digest = (more: Partial<DetectorConfig>): string => configDigestOf({ ...shipped, ...more });

test('the digest changes with what detectors find', () => {
  expect(digest({})).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(digest({ coolDownSeconds: 7 })).not.toBe(digest({}));
  expect(digest({ detectors: { ...shipped.detectors, loop: { other: 1 } } })).not.toBe(digest({}));
});

test('it is the same whatever the modes, and however the service is run', () => {
  expect(digest({ modes: [], group: 'other', checkpointSeconds: 1, hotAgents: 5 })).toBe(digest({}));
});
