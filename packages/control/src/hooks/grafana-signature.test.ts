import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameSecret, verifyGrafanaSignature } from './grafana-signature.ts';

const SECRET = 'the secret of the contact point';
const NOW_US = 1_767_600_000_000_000;
const SECONDS = String(NOW_US / 1e6);
const body = new TextEncoder().encode('{"version":"1"}');
const sign = (timestamp: string, secret = SECRET): string =>
  createHmac('sha256', secret).update(`${timestamp}:`).update(body).digest('hex');
const verify = (more: Partial<Parameters<typeof verifyGrafanaSignature>[0]>) =>
  verifyGrafanaSignature({ secret: SECRET, signature: sign(SECONDS), timestamp: SECONDS, body, nowUs: NOW_US, windowMs: 300_000, ...more });

test('a signature over timestamp:body with the secret is valid', () => {
  expect(verify({})).toEqual({ valid: true });
  expect(verify({ signature: sign(SECONDS).toUpperCase() })).toEqual({ valid: true });
});

test('the example of RFC 4231 (case 2) holds for the digest that is compared', () => {
  expect(createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test.each([
  ['no signature', { signature: undefined }, 'no_signature'],
  ['a signature of another length', { signature: 'ab' }, 'no_signature'],
  ['no timestamp', { timestamp: undefined }, 'no_timestamp'],
  ['a timestamp that is no number', { timestamp: '1e9' }, 'no_timestamp'],
  ['another secret', { signature: sign(SECONDS, 'x') }, 'bad_signature'],
  ['a body that was changed', { body: new TextEncoder().encode('{"version":"1" }') }, 'bad_signature'],
  ['a timestamp that was changed', { timestamp: String(Number(SECONDS) + 1) }, 'bad_signature'],
  ['an old delivery', { timestamp: String(Number(SECONDS) - 301), signature: sign(String(Number(SECONDS) - 301)) }, 'outside_window'],
  [
    'a delivery from the future',
    { timestamp: String(Number(SECONDS) + 301), signature: sign(String(Number(SECONDS) + 301)) },
    'outside_window',
  ],
])('%s is refused', (_what, more, refused) => {
  expect(verify(more)).toEqual({ refused });
});

test('nothing but the signature itself is accepted', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'0123456789abcdef') }),
      (signature) => 'refused' in verify({ signature }),
    ),
  );
});

test('secrets are the same only when they are', () => {
  expect(isSameSecret('one secret', 'one secret')).toBe(true);
  expect(isSameSecret('one secret', 'one secret ')).toBe(false);
  expect(isSameSecret('one secret', '')).toBe(false);
});
