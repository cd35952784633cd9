import { createSeededRandom } from '@belay/testkit';
import { expect, test } from 'vitest';
import { call } from '../../testing/streams.test-support.ts';
import { UnusualTask, unusualTaskFinding } from './unusual-task.ts';

const random = createSeededRandom(11);
const usual = (): number => 0.3 * Math.exp(0.3 * (random.next() + random.next() + random.next() - 1.5));
const after = (tasks: number): UnusualTask => {
  const watch = new UnusualTask();
  for (let i = 0; i < tasks; i++) watch.observe(usual(), i * 60e6);
  return watch;
};

test('one task that costs ten times the usual is told, with its level', () => {
  const reading = after(300).observe(3, 301 * 60e6);
  expect(reading?.alarm).toBe(true);
  const finding = unusualTaskFinding(call(1, 'a', 'r'), 3, { reading: reading ?? fail(), tasks: 300 });
  expect(finding).toMatchObject({ rule: 'unusual_task', severity: 'info' });
  expect(finding.explanation).toMatch(
    /^A task of agent agent-1 that has just ended cost 3\.00 USD, where 0\.\d{3} USD is its level: by its 300 tasks/,
  );
});

test('among 20,000 usual tasks at most a handful are told', () => {
  const watch = new UnusualTask();
  let told = 0;
  for (let i = 0; i < 20_000; i++) if (watch.observe(usual(), i * 60e6) !== undefined) told++;
  expect(told).toBeLessThanOrEqual(6);
});

test('nothing is said of an agent with few tasks, and tasks that cost nothing do not count', () => {
  const watch = after(120);
  for (let i = 0; i < 50; i++) watch.observe(0, i);
  expect([watch.observe(300, 1), watch.tasks]).toEqual([undefined, 121]);
});

test('goes on the same after a restore', () => {
  const watch = after(200);
  const copy = new UnusualTask();
  copy.restore(JSON.parse(JSON.stringify(watch.snapshot())));
  expect(copy.observe(4, 1e12)).toEqual(watch.observe(4, 1e12));
  expect(copy.snapshot()).toEqual(watch.snapshot());
});

function fail(): never {
  throw new Error('nothing was told');
}
