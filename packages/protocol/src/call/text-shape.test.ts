import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasSecret } from '../redaction/redact-text.ts';
import { hasSecretKey } from '../redaction/secret-keys.ts';
import { kindOfText } from './argument-kind.ts';
import { ANY_SHAPE, HAS, shapeOf } from './text-shape.ts';

const piece = fc.constantFrom(
  ...[
    'https://',
    'a.example',
    'bob@example.com',
    '/etc/x',
    '+49 170 1234567',
    'DE89370400440532013000',
    '4111 1111 1111 1111',
    'sk-',
    'AKIA',
  ],
  ...[
    'bearer ',
    'password=',
    'token: ',
    '-----BEGIN PRIVATE KEY-----',
    'word',
    ' ',
    '\n',
    '{',
    '=>',
    ';\n',
    'def ',
    'SELECT ',
    '12',
    '0',
    'é',
    '"',
  ],
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string(),
);

describe('the shape of a text', () => {
  it.each([
    ['plain words, no more', HAS.wordEnd],
    ['oneword_11x', HAS.underscore | HAS.digit | HAS.beyondWords | HAS.longWord],
    ['no eleven_12', HAS.underscore | HAS.digit | HAS.beyondWords | HAS.wordEnd],
    ['a.b', HAS.dot | HAS.beyondWords | HAS.wordEnd],
    ['q="1"', HAS.digit | HAS.equals | HAS.code | HAS.escaped | HAS.beyondWords | HAS.wordEnd],
    ['größe', ANY_SHAPE],
    [' '.repeat(16_385), ANY_SHAPE],
  ])('%j', (value, shape) => {
    expect(shapeOf(value)).toBe(shape);
  });

  it('changes no answer: what is passed over would not have been found', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('q', 'phone', 'iban', 'url', 'path', 'command'), (value, key) => {
        expect(kindOfText(value, key, shapeOf(value))).toBe(kindOfText(value, key, ANY_SHAPE));
        expect(hasSecret(value, shapeOf(value))).toBe(hasSecret(value));
      }),
    );
  });
});

it.each([
  'eyJ12345678.1234.',
  'AKIA0123456789ABCDEF',
  `ghp_${'a'.repeat(20)}`,
  `github_pat_${'a'.repeat(20)}`,
  `glpat-${'a'.repeat(16)}`,
  'xoxb-12345678',
  'xapp-12345678',
  'sk_live_1234567890',
  'whsec_a+b/c=d+e/f=g+h/',
  `sk-${'a'.repeat(16)}`,
  `AIza${'a'.repeat(30)}`,
  `ya29.${'a'.repeat(16)}`,
  `GOCSPX-${'a'.repeat(20)}`,
  `npm_${'a'.repeat(30)}`,
  `pypi-${'a'.repeat(30)}`,
  `hf_${'a'.repeat(20)}`,
  `dop_v1_${'a'.repeat(40)}`,
  `dckr_pat_${'a'.repeat(20)}`,
  `SG.${'a'.repeat(16)}.${'a'.repeat(16)}`,
  `SK${'a'.repeat(32)}`,
  `key-${'a'.repeat(32)}`,
  `12345678:AA${'a'.repeat(30)}`,
  'hooks.slack.com/services/a/b/c/d/e/',
])('the shortest token of its kind is not passed over: %s', (token) => {
  for (const value of [token, `see ${token}, please`]) {
    expect(hasSecret(value)).toBe(true);
    expect(hasSecret(value, shapeOf(value))).toBe(true);
  }
});

it('the name of a secret is found at any depth that is looked at, and what is deeper is not taken for clean', () => {
  expect(hasSecretKey({ a: [{ b: { api_key: 1 } }] }, 6)).toBe(true);
  expect(hasSecretKey({ a: [{ b: { query: 'password' } }] }, 6)).toBe(false);
  expect(hasSecretKey({ a: { b: { c: 1 } } }, 2)).toBe(true);
});
