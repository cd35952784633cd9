import { expect, test } from 'vitest';
import { feedback } from '../../testing/records.test-support.ts';
import { call } from '../../testing/streams.test-support.ts';
import { createWatched, marks, play } from '../../testing/watch.test-support.ts';
import { divergenceDetector } from './divergence.ts';

const scored = (from: number, count: number, score: (n: number) => number) =>
  Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return call(n, `a-${n}`, `r-${n}`, { divergence: { score: score(n), reasons: ['intent.unrelated'] } });
  });
const usual = (n: number): number => (n % 5 === 0 ? 0.4 : 0);

test('one decision far apart is a warning with its reasons', () => {
  const [alarm] = play(
    createWatched(divergenceDetector),
    scored(1, 1, () => 0.9),
  );
  expect(alarm?.finding).toMatchObject({
    rule: 'high',
    severity: 'warning',
    facts: { divergence: 0.9, limit: 0.75, reasons: 'intent.unrelated' },
  });
});

test('scores that rise together are found, though none of them is high', () => {
  const found = marks(play(createWatched(divergenceDetector), [...scored(1, 200, usual), ...scored(201, 20, () => 0.5)]));
  expect(found[0]).toMatch(/^2(0\d|1\d|20):rising:warning$/);
});

test('the usual ups and downs are no rise, and nothing rises before there is a usual', () => {
  expect(play(createWatched(divergenceDetector), scored(1, 2_000, usual))).toEqual([]);
  expect(
    play(
      createWatched(divergenceDetector),
      scored(1, 90, (n) => (n > 60 ? 0.6 : 0)),
    ),
  ).toEqual([]);
});

test('what was flagged as high does not become usual', () => {
  const spikes = scored(1, 400, (n) => (n % 2 === 0 ? 0.8 : 0.1));
  const detector = createWatched(divergenceDetector);
  play(detector, spikes);
  const rise = play(
    detector,
    scored(401, 40, () => 0.45),
  ).filter(({ finding }) => finding.rule === 'rising');
  expect(rise[0]?.finding.facts).toMatchObject({ mean_usual: 0.1 });
});

test('called right after all, or taken back for one of two, a rise is what the words that stand say', () => {
  const detector = createWatched(divergenceDetector);
  const more = (from: number) =>
    play(
      detector,
      scored(from, 5, () => 0.5),
    ).length > 0;
  play(detector, [...scored(1, 200, usual), ...scored(201, 100, () => 0.5)]);
  play(detector, [feedback('divergence', 'rising'), feedback('divergence', 'rising', { anomalyId: 'sha256:other' })]);
  expect(more(301)).toBe(false);
  play(detector, [feedback('divergence', 'rising', { anomalyId: 'sha256:other', change: 'withdrawn' })]);
  expect(more(306)).toBe(false);
  play(detector, [feedback('divergence', 'rising', { verdict: 'true_positive' })]);
  expect(more(311)).toBe(true);
});

test('a rise is not learnt, until a person calls it expected, and again not when that is taken back', () => {
  const rise = [...scored(1, 200, usual), ...scored(201, 100, () => 0.5)];
  const detector = createWatched(divergenceDetector);
  expect(marks(play(detector, rise)).at(-1)).toBe('300:rising:warning');
  expect(play(detector, [feedback('divergence', 'rising'), ...scored(301, 50, () => 0.5)])).toEqual([]);
  expect(marks(play(detector, [feedback('divergence', 'rising', { change: 'withdrawn' }), ...scored(351, 1, () => 0.5)]))).toEqual([
    '2:rising:warning',
  ]);
});
