import { expect, test } from 'vitest';
import { defaultDetectorConfig, parseDetectorConfig } from './config.ts';

test('nothing set is the shipped configuration', () => {
  expect(parseDetectorConfig({})).toEqual({ config: defaultDetectorConfig() });
  expect(parseDetectorConfig(undefined)).toEqual({ config: defaultDetectorConfig() });
});

test('every problem is listed at once, with its place and what was received', () => {
  const result = parseDetectorConfig({
    coolDownSeconds: -1,
    modes: [{ mode: 'loud' }],
    detectors: { loop: { l1Loop: 'four', typo: 1 } },
    nonsense: true,
  });
  const problems = 'problems' in result ? result.problems : [];
  expect(problems.length).toBe(5);
  expect(problems.join('\n')).toMatch(/coolDownSeconds: .*received -1/);
  expect(problems.join('\n')).toMatch(/modes\.0\.mode: .*received "loud"/);
  expect(problems.join('\n')).toMatch(/detectors\.loop\.l1Loop: .*received "four"/);
  expect(problems.join('\n')).toMatch(/typo/);
  expect(problems.join('\n')).toMatch(/nonsense/);
});

test('what is set reaches its detector, the rest keeps its default', () => {
  const result = parseDetectorConfig({ detectors: { loop: { l1Loop: 6 } } });
  expect('config' in result && result.config.detectors.loop).toMatchObject({ l1Loop: 6, l1Nudge: 3 });
});

test.each([null, 7, 'x', []])('%j is refused, not thrown at', (json) => {
  expect(json === null ? 'config' in parseDetectorConfig(json) : 'problems' in parseDetectorConfig(json)).toBe(true);
});
