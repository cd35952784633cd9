import { expect, test } from 'vitest';
import { Judgements } from './judgements.ts';

const word = (anomalyId: string, verdict: 'expected' | 'false_positive' | 'true_positive' = 'expected') =>
  ({ anomalyId, verdict, change: 'given' }) as const;
const back = (anomalyId: string) => ({ ...word(anomalyId), change: 'withdrawn' }) as const;
const after = (...words: readonly (ReturnType<typeof word> | ReturnType<typeof back>)[]): Judgements => {
  const judgements = new Judgements(3);
  for (const one of words) judgements.take('c', one);
  return judgements;
};

test('the newest word on a cause counts', () => {
  expect(after(word('a')).accepts('c')).toBe(true);
  expect(after(word('a'), word('b', 'true_positive')).accepts('c')).toBe(false);
  expect(after(word('a'), word('a', 'true_positive')).accepts('c')).toBe(false);
  expect(after(word('a', 'true_positive'), word('b', 'false_positive')).of('c')).toBe('false_positive');
});

test('taking a word back undoes that one and no other', () => {
  expect(after(word('a'), word('b'), back('b')).accepts('c')).toBe(true);
  expect(after(word('a'), word('b'), back('b'), back('a')).accepts('c')).toBe(false);
  expect(after(word('a'), word('b', 'true_positive'), back('b')).accepts('c')).toBe(true);
  expect(after(word('a'), back('never given')).snapshot()).toEqual(after(word('a')).snapshot());
  expect(after(word('a'), back('a')).isEmpty).toBe(true);
});

test('keeps the causes spoken of last, and eight words of each', () => {
  const judgements = new Judgements(3);
  for (const cause of ['a', 'b', 'c', 'a', 'd']) judgements.take(cause, word(cause));
  expect(judgements.accepted()).toEqual(['c', 'a', 'd']);
  for (let n = 0; n < 9; n++) judgements.take('a', word(`${n}`));
  expect(JSON.stringify(judgements.snapshot())).not.toContain('"0"');
});

test('comes back from a snapshot the same; anything else is nothing', () => {
  const judgements = new Judgements(3);
  judgements.restore(JSON.parse(JSON.stringify(after(word('a'), word('b', 'true_positive')).snapshot())));
  expect(judgements.accepts('c')).toBe(false);
  judgements.take('c', back('b'));
  expect(judgements.accepts('c')).toBe(true);
  judgements.restore(['loop|c']);
  expect(judgements.isEmpty).toBe(true);
  judgements.restore(undefined);
  expect(judgements.isEmpty).toBe(true);
});
