import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureSchema } from '../event/decision-event.ts';
import { featuresOf } from './features.ts';

const key = new TextEncoder().encode('a key of the tenant');

describe('features', () => {
  it.each([
    ['to', 'bob@example.com', 'mail'],
    ['url', 'https://example.com/a', 'url'],
    ['value', 'www.example.com', 'url'],
    ['path', 'src/main.ts', 'path'],
    ['value', '/etc/passwd', 'path'],
    ['amount', 20, 'number'],
    ['amount', '1,234.50', 'number'],
    ['amount', '20 €', 'number'],
    ['when', '2026-01-05T08:00:00Z', 'date'],
    ['when', '05.01.2026', 'date'],
    ['force', true, 'boolean'],
    ['orderId', 'ord_12345', 'id'],
    ['id', '3f0e9a52-1d0c-4f6a-9d5b-6b7f6c1e2a33', 'id'],
    ['iban', 'DE89 3704 0044 0532 0130 00', 'account'],
    ['phone', '+49 170 1234567', 'phone'],
    ['command', 'ls -la', 'code'],
    ['text', 'def f(x):\n  return x', 'code'],
    ['text', 'Dear Bob, all is well.', 'text'],
    ['text', '   ', 'empty'],
    ['text', null, 'empty'],
  ])('%s = %j is of kind %s', (role, value, kind) => {
    expect(featuresOf({ [role]: value }, key)).toEqual([expect.objectContaining({ role, kind })]);
  });

  it.each([
    ['note', `Bearer ${'a1'.repeat(10)}`, ['credential']],
    ['password', 'hunter2', ['secret-name']],
    ['path', '/home/bob/.ssh/id_rsa', ['sensitive-path']],
    ['command', 'cat ~/.aws/credentials\nls', ['sensitive-path', 'multiline']],
    ['text', 'hello', undefined],
  ])('%s = %j has the flags %j', (role, value, flags) => {
    expect(featuresOf({ [role]: value }, key)[0]?.flags).toEqual(flags);
  });

  it('hashes short values only, the same value alike in every role, and another way under another key', () => {
    const [first, second] = featuresOf({ a: 'Alice', b: 'Alice' }, key);
    expect(first?.hash).toBe(second?.hash);
    expect(featuresOf({ a: 'Alice' }, new Uint8Array(32))[0]?.hash).not.toBe(first?.hash);
    expect(featuresOf({ a: 'x'.repeat(65) }, key)[0]).toEqual({ role: 'a', kind: 'text', length: 65 });
    expect(JSON.stringify(featuresOf({ a: 'Alice' }, key))).not.toContain('Alice');
  });

  it('are at most 16, of the schema, whatever the arguments', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, stringUnit: 'binary' }), (args) => {
        const features = featuresOf(args, key);
        expect(features.length).toBeLessThanOrEqual(16);
        for (const feature of features) expect(featureSchema.safeParse(feature).success).toBe(true);
      }),
    );
  });
});
