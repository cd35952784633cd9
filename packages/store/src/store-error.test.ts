import { BelayError } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { toStoreError } from './store-error.ts';

const coded = (code: string): Error => Object.assign(new Error('from the engine'), { code });

describe('errors of the engine', () => {
  it.each(['27', '117', '407', '469'])('code %s refuses the content: permanent, so the row can be isolated', (code) => {
    expect(toStoreError(coded(code), 'an insert')).toMatchObject({ code: 'bad_request', retryable: false });
  });

  it.each(['60', '81', '241', '252', '516', 'ECONNREFUSED'])('code %s can pass: retryable, no row is given up for it', (code) => {
    expect(toStoreError(coded(code), 'an insert')).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('keeps an error of ours, and takes whatever is thrown', () => {
    const ours = new BelayError('bad_configuration', 'x');
    expect(toStoreError(ours, 'a query')).toBe(ours);
    expect(toStoreError('text', 'a query')).toMatchObject({ code: 'unavailable', message: expect.stringContaining('text') });
  });

  it('is short even when the engine prints the whole row', () => {
    expect(toStoreError(Object.assign(new Error('x'.repeat(9000)), { code: '27' }), 'an insert').message.length).toBeLessThan(700);
  });
});
