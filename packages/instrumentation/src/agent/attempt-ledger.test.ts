import { expect, it } from 'vitest';
import { AttemptLedger } from './attempt-ledger.ts';

it('counts tries until one succeeds', () => {
  const ledger = new AttemptLedger();
  ledger.failed('d', 'span-1');
  expect(ledger.next('d')).toEqual({ attempt: 2, retryOf: 'span-1', group: 0 });
  ledger.succeeded('d');
  expect(ledger.next('d')).toEqual({ attempt: 1, retryOf: undefined, group: 1 });
});

it('tells calls apart, and knows nothing of a call without a digest', () => {
  const ledger = new AttemptLedger();
  ledger.failed('d', 'span-1');
  ledger.failed(undefined, 'span-2');
  expect(ledger.next('e').attempt).toBe(1);
  expect(ledger.next(undefined).attempt).toBe(1);
});

it('forgets the least recently used first', () => {
  const ledger = new AttemptLedger(2);
  for (const digest of ['a', 'b', 'a', 'c']) ledger.failed(digest, 's');
  expect(['a', 'b', 'c'].map((digest) => ledger.next(digest).attempt)).toEqual([3, 1, 2]);
});
