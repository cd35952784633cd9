import type { DecisionEvent } from '@belay/protocol';
import { expect, test } from 'vitest';
import { tableWrite } from '../../testing/attack-streams.test-support.ts';
import { feedback } from '../../testing/records.test-support.ts';
import { call, cleanStream } from '../../testing/streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { sensitiveDetector } from './sensitive.ts';

const HOUR_US = 3_600_000_000;
const warm = cleanStream(200);
const at = (event: DecisionEvent, startUs: number): DecisionEvent => ({ ...event, startUs });
const found = (records: Parameters<typeof play>[1], config = {}) => marks(play(createWatched(sensitiveDetector, config), records));

test('a table that the agent has not written before is a warning, each time until a person expects it', () => {
  const detector = createWatched(sensitiveDetector);
  const [first, second] = play(detector, [...warm, tableWrite(9_001, 'users'), tableWrite(9_002, 'users')]);
  expect([first?.finding.rule, second?.finding.cause]).toEqual(['new_target', first?.finding.cause]);
  const cause = first?.finding.cause ?? '';
  expect(play(detector, [feedback('sensitive', cause), tableWrite(9_003, 'users')])).toEqual([]);
  expect(play(detector, [feedback('sensitive', cause, { change: 'withdrawn' }), tableWrite(9_004, 'users')])).toHaveLength(1);
});

test('taking back one word of two, or one that changed, leaves what stands; what was used meanwhile is no habit', () => {
  const detector = createWatched(sensitiveDetector);
  const [first] = play(detector, [...warm, tableWrite(9_001, 'users')]);
  const word = (more = {}) => feedback('sensitive', first?.finding.cause ?? '', more);
  const other = { anomalyId: 'sha256:other' };
  const isTold = (n: number, ...records: Parameters<typeof play>[1]) => play(detector, [...records, tableWrite(n, 'users')]).length > 0;
  expect(isTold(9_002, word(), word(other))).toBe(false);
  expect(isTold(9_003, word({ ...other, change: 'withdrawn' }))).toBe(false);
  expect(isTold(9_004, word({ verdict: 'true_positive' }))).toBe(true);
});

test('a destination marked by a person is told of reads too, and the sentence says so', () => {
  const read = call(300, 'a', 'r', { call: { name: 'clone', effect: 'read', destinations: ['repo:acme/prod-db'] } });
  const [alarm] = play(createWatched(sensitiveDetector, { marked: ['repo:acme/prod-*'] }), [...warm, read]);
  expect(alarm?.finding.explanation).toMatch(/^Agent agent-1 read repo:acme\/prod-db with clone .*it has not done that before/);
});

test('what it wrote while it was learnt is its habit, and reading is nobody’s business', () => {
  expect(found([tableWrite(-9_000, 'users'), ...warm, tableWrite(9_001, 'users')])).toEqual([]);
  expect(found([...warm, call(300, 'a', 'r', { call: { effect: 'read', destinations: ['db:select:users'] } })])).toEqual([]);
});

test('a refused write is no write', () => {
  expect(found([...warm, { ...tableWrite(9_001, 'users'), outcome: { status: 'blocked' as const } }])).toEqual([]);
});

test.each([
  ['credential', { features: [{ role: 'body', kind: 'text' as const, flags: ['credential'] }] }],
  ['sensitive path', { features: [{ role: 'file', kind: 'path' as const, flags: ['sensitive-path'] }] }],
  ['confidential tool', { sensitivity: 'restricted' as const }],
])('a write of a %s is sensitive', (_what, more) => {
  expect(found([...warm, call(300, 'a', 'r', { call: { name: 'post', effect: 'write', ...more } })])).toEqual(['201:new_target:warning']);
});

test('outside the hours allowed even the habit is a warning, from the first decision on', () => {
  const write = tableWrite(1, 'users');
  const noon = Math.floor(write.startUs / (24 * HOUR_US)) * 24 * HOUR_US + 12 * HOUR_US;
  const hours = { hours: { from: 22, to: 6 } };
  expect(found([at(write, noon)], hours)).toEqual(['1:outside_hours:warning']);
  expect(found([at(write, noon + 11 * HOUR_US)], hours)).toEqual([]);
});

test('an hour in which it never wrote, after a week that had some, is unusual', () => {
  const start = Math.floor(tableWrite(1, 'users').startUs / (24 * HOUR_US)) * 24 * HOUR_US;
  const days = Array.from({ length: 8 }, (_, day) => at(tableWrite(day, 'users'), start + day * 24 * HOUR_US + 9 * HOUR_US));
  const night = at(tableWrite(20, 'users'), start + 9 * 24 * HOUR_US + 3 * HOUR_US);
  const morning = at(tableWrite(21, 'users'), start + 10 * 24 * HOUR_US + 10 * HOUR_US);
  expect(found([...days, night, morning])).toEqual(['9:unusual_hour:warning']);
});
