import type { Json } from '@belay/protocol';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../../config.ts';
import { call } from '../../testing/streams.test-support.ts';
import { loopDetector } from './loop.ts';

const create = () => loopDetector.create(defaultDetectorConfig().detectors.loop, { priorOf: () => ({ version: 0, has: () => false }) });

/** A detector that has seen twenty calls, the last three of them the same. */
function busy() {
  const detector = create();
  for (let n = 1; n <= 20; n++) detector.observe(call(n, n < 18 ? `a${n}` : 'a', n < 18 ? `r${n}` : 'r'), n * 1_000_000);
  return detector;
}

type Track = Record<string, Json>;
const numbersIn = (text: unknown): number[] => {
  const bytes = Buffer.from(String(text), 'base64');
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8));
};
/** The state as it was before its numbers were packed: steps and decision ids in lists. */
function inLists(state: Json): Json {
  const [allowed = null, ...sessions] = state as Json[];
  const ids = Array.from({ length: 12 }, (_, i) => call(i + 9, 'a', 'r').id);
  const rows = (sessions as [string, Track][]).map(([id, track]): Json => [id, { ...track, ring: numbersIn(track.ring), ids }]);
  return [allowed, ...rows];
}

test('a snapshot of before numbers were packed is the same state', () => {
  const detector = busy();
  const copy = create();
  copy.restore(inLists(detector.snapshot()));
  expect(copy.snapshot()).toEqual(detector.snapshot());
  const next = call(21, 'a', 'r');
  for (const one of [detector, copy]) one.observe(next, 21_000_000);
  expect(copy.score(next, 21_000_000)).toEqual(detector.score(next, 21_000_000));
  expect(copy.score(next, 21_000_000)[0]?.decisionIds).toHaveLength(4);
});

test.each([{ ring: 'AAAA' }, { ring: null }, { ids: 'AAAA' }, { ids: 7 }, { number: 'x' }])(
  '%j in place of what belongs there is refused',
  (damage) => {
    const [allowed = null, session = null] = busy().snapshot() as Json[];
    const [id = '', track = {}] = session as Json[];
    expect(() => create().restore([allowed, [id, { ...(track as Track), ...damage }]])).toThrow('snapshot of the detector loop');
  },
);
