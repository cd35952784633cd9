import { expect, test } from 'vitest';
import { refuseUnusable } from './nothing-usable.ts';

test('an empty file and one without a usable line are refused, each in its words', () => {
  expect(() => refuseUnusable('a.jsonl', { lines: 0, badLines: 0 })).toThrow('a.jsonl is empty');
  expect(() => refuseUnusable('a.jsonl', { lines: 3, badLines: 3 })).toThrow('Not one line of a.jsonl could be used: all 3 are bad');
});

test('one good line among bad ones is enough', () => {
  expect(() => refuseUnusable('a.jsonl', { lines: 3, badLines: 2 })).not.toThrow();
});
