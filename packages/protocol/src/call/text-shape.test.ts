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
    ['plain words, no more', 0],
    ['a.b', HAS.dot | HAS.beyondWords],
    ['q="1"', HAS.digit | HAS.equals | HAS.code | HAS.escaped | HAS.beyondWords],
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

it('the name of a secret is found at any depth that is looked at, and what is deeper is not taken for clean', () => {
  expect(hasSecretKey({ a: [{ b: { api_key: 1 } }] }, 6)).toBe(true);
  expect(hasSecretKey({ a: [{ b: { query: 'password' } }] }, 6)).toBe(false);
  expect(hasSecretKey({ a: { b: { c: 1 } } }, 2)).toBe(true);
});
