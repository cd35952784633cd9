import { BelayError } from '@belay/protocol';
import { expect, test } from 'vitest';
import { databaseErrorOf, isTransient } from './database-error.ts';

test.each([
  [{ code: '57P01' }, 'unavailable'],
  [{ code: '08006' }, 'unavailable'],
  [{ code: '53300' }, 'unavailable'],
  [{ code: 'ECONNREFUSED' }, 'unavailable'],
  [new Error('Connection terminated unexpectedly'), 'unavailable'],
  [{ code: '23514' }, 'internal'],
  [{ code: '42P01' }, 'internal'],
  [new TypeError('x is not a function'), 'internal'],
])('%o is %s', (error, code) => {
  expect(databaseErrorOf(error)).toMatchObject({ code, retryable: code === 'unavailable', cause: error });
});

test('errors of ours pass as they are', () => {
  const error = new BelayError('not_found', 'There is none.');
  expect(databaseErrorOf(error)).toBe(error);
});

test('only what the same transaction can get over is tried again', () => {
  expect(isTransient({ code: '40001' })).toBe(true);
  expect(isTransient({ code: '40P01' })).toBe(true);
  expect(isTransient({ code: '23505' })).toBe(false);
  expect(isTransient(undefined)).toBe(false);
});
