import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentKey, matchesPattern, parseAgentKey } from './keys.ts';

describe('agent key', () => {
  it('is read back as what it was made from, whatever the id', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9-]{1,63}$/),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        (tenant, agentId) => {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: such ids are refused by contract
          fc.pre(!/[\u0000-\u001f\u007f]/.test(agentId) && new TextEncoder().encode(agentId).length <= 256);
          expect(parseAgentKey(agentKey(tenant, agentId))).toEqual({ tenant, agentId });
        },
      ),
    );
  });

  it('keeps an id with slashes and percent signs apart from its encoded look-alike', () => {
    expect(agentKey('t', 'a/b')).not.toBe(agentKey('t', 'a%2Fb'));
  });

  it.each(['', 'x'.repeat(257), 'a\nb', '\ud800'])('refuses the id %j', (id) => {
    expect(() => agentKey('t', id)).toThrow(/1–256 bytes/);
  });

  it.each(['nokey', 'T/x', 't/', 't/%zz', 't/a b'])('does not take %j for a key', (key) => {
    expect(parseAgentKey(key)).toBeUndefined();
  });
});

describe('pattern', () => {
  it.each([
    ['billing*', 'billing-7', true],
    ['*', 'anything', true],
    ['a*b*c', 'aXbYc', true],
    ['a*a', 'a', false],
    ['billing', 'billing-7', false],
    ['*-7', 'billing-7', true],
    ['a.c', 'abc', false],
  ])('%s against %s is %s', (pattern, value, expected) => {
    expect(matchesPattern(pattern, value)).toBe(expected);
  });
});
