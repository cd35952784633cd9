import type { DecisionEvent } from '@belay/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { call, cleanStream } from '../testing/streams.test-support.ts';
import { type Detector, type DetectorType, defineDetector, type Finding } from './detector.ts';
import { detectorContract } from './detector-contract.ts';

/** A detector that keeps every promise: it flags the digest `bad`. */
function honest(): Detector {
  let seen = 0;
  const flag = (event: DecisionEvent): readonly Finding[] =>
    event.call?.digest === 'sha256:bad'
      ? [
          {
            rule: 'bad',
            subject: { kind: 'decision', id: event.id },
            cause: 'bad',
            score: 0.5,
            severity: 'warning',
            explanation: 'The agent made the bad call.',
            decisionIds: [event.id],
            facts: { seen },
            scope: 'session',
          },
        ]
      : [];
  return {
    observe: () => void seen++,
    score: flag,
    learn: () => undefined,
    absorb: () => [],
    learning: () => ({ learned: 0, needed: 0 }),
    snapshot: () => seen,
    restore: (state) => {
      seen = Number(state);
    },
  };
}

const typeOf = (create: () => Detector): DetectorType =>
  defineDetector({ id: 'toy', version: 1, stability: 'beta', probe: false, configSchema: z.strictObject({}), create });
const streams = { clean: cleanStream(50), attack: [call(1, 'good', 'r'), call(2, 'bad', 'r'), call(3, 'bad', 'r')], foundWithin: 2 };

const broken = (create: () => Detector): string[] =>
  detectorContract(typeOf(create), streams).flatMap(({ name, run }) => {
    try {
      run();
      return [];
    } catch {
      return [name];
    }
  });

test('a detector that keeps its promises passes every check', () => {
  expect(broken(honest)).toEqual([]);
});

let calls = 0;
const first = (event: DecisionEvent) => honest().score(event, 0);
const dishonest: Record<string, () => Detector> = {
  'says the same of the same records': () => ({
    ...honest(),
    score: (event) => first(event).map((finding) => ({ ...finding, facts: { calls: calls++ } })),
  }),
  'leaves its input as it was': () => ({ ...honest(), observe: (event) => void Object.assign(event, { taskName: 'mine' }) }),
  'scores between 0 and 1, with a sentence, evidence and a scope': () => ({
    ...honest(),
    score: (event) => first(event).map((finding) => ({ ...finding, score: Number.NaN })),
  }),
  'reports what it has learned, never more than it needs': () => ({ ...honest(), learning: () => ({ learned: 2, needed: 1 }) }),
  'does not throw when optional fields are missing or times go back': () => ({
    ...honest(),
    observe: (event) => void event.sessionId?.length.toFixed().length,
    score: (event) => (event.outcome === undefined ? fail() : first(event)),
  }),
  'goes on the same after a restore at any point': () => ({ ...honest(), restore: () => undefined }),
  'is silent on a clean stream': () => ({
    ...honest(),
    score: (event) => first({ ...event, call: { name: 'x', effect: 'read', destinations: [], digest: 'sha256:bad' } }),
  }),
  'finds its attack within 2 decisions': () => ({ ...honest(), score: () => [] }),
  'is bounded after a hundred thousand decisions of one agent': () => {
    const kept: string[] = [];
    return {
      ...honest(),
      observe: (event) => void kept.push(event.id),
      snapshot: () => [...kept],
      restore: (state) => void kept.splice(0, kept.length, ...(state as string[])),
    };
  },
};

function fail(): never {
  throw new Error('no outcome');
}

test.each(Object.entries(dishonest))('a detector that breaks "%s" is found out', (name, create) => {
  expect(broken(create)).toContain(name);
});

test('a detector whose score changes its state is found out', () => {
  let asked = 0;
  const create = (): Detector => ({
    ...honest(),
    score: (event) => first(event).map((finding) => ({ ...finding, facts: { asked: asked++ } })),
    snapshot: () => asked,
  });
  expect(broken(create)).toContain('reads when it scores: asked twice, it says the same');
});
