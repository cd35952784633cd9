import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preview } from './preview.ts';
import { redact } from './redact.ts';
import { hasSecret, redactText } from './redact-text.ts';
import { isSecretKey } from './secret-keys.ts';

const HIDDEN = 'x9'.repeat(20);

describe('redaction of text', () => {
  it.each([
    ['Authorization: Bearer abc.def-ghi123', 'Authorization: Bearer [redacted]'],
    ['curl -u x -H "authorization: basic dXNlcjpwYXNz"', 'curl -u x -H "authorization: basic [redacted]"'],
    [`token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 end`, 'token [redacted] end'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
    [`ghp_${HIDDEN} and sk-ant-api03-${HIDDEN}`, '[redacted] and [redacted]'],
    [`xoxb-1234567890-${HIDDEN}`, '[redacted]'],
    [`sk_live_${HIDDEN}`, '[redacted]'],
    ['postgres://admin:s3cr3t@db.internal/app', 'postgres://[redacted]@db.internal/app'],
    ['password=hunter2&user=bob', 'password=[redacted]&user=bob'],
    ['{"api_key":"abc def","n":1}', '{"api_key":"[redacted]","n":1}'],
    ['{\\"password\\":\\"abc\\"}', '{\\"password\\":\\"[redacted]\\"}'],
    ["DB_PASSWORD: 'hunter2'", "DB_PASSWORD: '[redacted]'"],
    ['pay with 4111 1111 1111 1111 now', 'pay with [redacted] now'],
    ['5500-0000-0000-0004', '[redacted]'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b', 'a [redacted] b'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\ncut off here', '[redacted]'],
  ])('%j becomes %j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
    expect(hasSecret(text)).toBe(true);
  });

  it.each([
    'max_tokens=500, token: 12, tokenizer=bpe',
    'order 4111111111111112 at 1767600000000000',
    'The total is 1234567890123 EUR.',
    'see https://example.com/a@b and mail bob@example.com',
    'password: null',
    'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4',
    '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
    'plain words only',
    '',
  ])('leaves %j alone', (text) => {
    expect(redactText(text)).toBe(text);
    expect(hasSecret(text)).toBe(false);
  });

  it('changes nothing the second time', () => {
    const parts = fc.constantFrom(
      'Bearer ',
      'abcdefgh1',
      ' ',
      '"',
      "'",
      'password',
      ':',
      '=',
      '://',
      '@',
      '4111111111111111',
      'AKIAIOSFODNN7EXAMPLE',
      '\\',
      '\n',
      '-----BEGIN A PRIVATE KEY-----',
      '-----END A PRIVATE KEY-----',
      'token',
      ',',
      '[redacted]',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string({ maxLength: 5 })), { maxLength: 12 }), (pieces) => {
        const once = redactText(pieces.join(''));
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'eyJaaaaaaaa',
    'password=',
    'bearer ',
    '4',
    '://a:',
    '-----BEGIN ',
    '-----BEGIN A PRIVATE KEY-----',
    'sk-',
    '"',
    'token ',
    '\\',
  ])('takes time proportional to the text on %j repeated', (unit) => {
    const started = process.cpuUsage();
    redactText(unit.repeat(Math.ceil(100_000 / unit.length)));
    expect(process.cpuUsage(started).user).toBeLessThan(1_500_000);
  });
});

describe('redaction of values', () => {
  it('hides what stands under the key of a credential, and secrets in texts, at every depth', () => {
    const value = {
      user: 'bob',
      password: 'x',
      nested: [{ 'X-Api-Key': 'y', note: 'token=abcdefg1' }],
      accessToken: 7,
      secret: null,
      pin: '',
    };
    expect(redact(value)).toEqual({
      user: 'bob',
      password: '[redacted]',
      nested: [{ 'X-Api-Key': '[redacted]', note: 'token=[redacted]' }],
      accessToken: '[redacted]',
      secret: null,
      pin: '',
    });
  });

  it('does not change its input, and ends at 64 levels', () => {
    const value = Object.freeze({ password: 'x' });
    redact(value);
    expect(value.password).toBe('x');
    expect(() => redact(JSON.parse('['.repeat(5000) + ']'.repeat(5000)))).not.toThrow();
  });

  it.each([
    ['password', true],
    ['dbPassword', true],
    ['api_key', true],
    ['apiKey', true],
    ['X-Auth-Token', true],
    ['token', true],
    ['card_pin', true],
    ['tokens', false],
    ['max_tokens', false],
    ['inputTokens', false],
    ['tokenizer', false],
    ['pin_message', false],
    ['author', false],
    ['key', false],
    ['keyboard', false],
  ])('key %s: secret %s', (key, expected) => {
    expect(isSecretKey(key)).toBe(expected);
  });
});

describe('preview', () => {
  it('is at most so many bytes of well-formed UTF-8, and the beginning of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(80), (text, max) => {
        const cut = preview(text, max);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        expect(text.toWellFormed().startsWith(cut.replace(/…$/, ''))).toBe(true);
      }),
    );
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abc…'],
    ['ééé', 5, 'é…'],
    ['👍👍', 7, '👍…'],
    ['👍', 3, '…'],
    ['👍', 2, ''],
    ['abc', 0, ''],
  ])('of %j in %i bytes is %j', (text, max, expected) => {
    expect(preview(text, max)).toBe(expected);
  });
});
