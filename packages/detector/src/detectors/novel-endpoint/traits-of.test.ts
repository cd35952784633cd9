import { decision } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleetKeysOf } from './fleet-keys.ts';
import { joinedKey } from './joined-key.ts';
import { priorKey, traitsOf } from './traits-of.ts';

const kindsOf = (destinations: string[], features: NonNullable<NonNullable<ReturnType<typeof decision>['call']>['features']> = []) =>
  traitsOf(decision({ call: { name: 'tool', destinations, features } })).map(({ kind, label }) => `${kind} ${label}`);

describe('what a destination says of a call', () => {
  test.each([
    ['mailto:ann@acme.shop', ['party mailto:ann@acme.shop', 'pair tool → mailto:ann@acme.shop']],
    ['account:DEabc', ['party account:DEabc', 'pair tool → account:DEabc']],
    ['host:api.acme.shop', ['host host:api.acme.shop', 'pair tool → host:api.acme.shop']],
    ['https://a.shop/x/{id}', ['host host:a.shop', 'place host:a.shop/x/{id}', 'pair tool → host:a.shop']],
    ['repo:acme/web', ['party repo:acme', 'place repo:acme/web', 'pair tool → repo:acme']],
    ['file:/etc', ['other file:/etc', 'pair tool → file:/etc']],
    ['db:update:users', ['other db:update:users', 'pair tool → db:update:users']],
    ['mailto:example.com', []],
    ['https://docs.example/x', []],
    ['', ['other ', 'pair tool → ']],
  ])('%s', (destination, kinds) => expect(kindsOf([destination])).toEqual(['tool tool', ...kinds]));

  test('a host is a url where an argument is one', () => {
    expect(kindsOf(['host:a.shop'], [{ role: 'link', kind: 'text' }])[1]).toBe('url host:a.shop');
    expect(kindsOf(['host:a.shop'], [{ role: 'query', kind: 'url' }])[1]).toBe('url host:a.shop');
  });

  test('the scheme of an address makes no other host of it', () => {
    const [http, https] = ['http://a.shop', 'https://a.shop'].map((at) => traitsOf(decision({ call: { destinations: [at] } }))[1]?.key);
    expect(http).toBe(https);
  });
});

describe('what an argument says of a call', () => {
  const hash = '0123456789abcdef';

  test('short values count by tool and role, list items by the role of their list; numbers and dates do not', () => {
    expect(
      kindsOf(
        [],
        [
          { role: 'to.3', kind: 'text', hash },
          { role: 'n', kind: 'number', hash },
          { role: 'on', kind: 'date', hash },
        ],
      ),
    ).toEqual(['tool tool', 'value to.#']);
    expect(kindsOf([], [{ role: 'to', kind: 'mail', hash }])).toEqual(['tool tool', 'address to']);
    expect(kindsOf([], [{ role: 'to', kind: 'path', hash }])).toEqual(['tool tool', 'path to']);
  });

  test('credentials, secrets and sensitive paths are told apart', () => {
    const flagged = (flags: string[]) => kindsOf([], [{ role: 'key', kind: 'text', flags }]);
    expect(flagged(['credential', 'secret-name'])).toEqual(['tool tool', 'credential key']);
    expect(flagged(['secret-name'])).toEqual(['tool tool', 'secret key']);
    expect(flagged(['sensitive-path'])).toEqual(['tool tool', 'sensitive_path key']);
  });
});

test('keys are 16 hex digits, the same everywhere', () => {
  const event = decision({
    call: { name: 'send', destinations: ['mailto:a@b.shop'], features: [{ role: 'to', kind: 'mail', hash: '0123456789abcdef' }] },
  });
  expect(fleetKeysOf(event)).toEqual(traitsOf(event).map(({ key }) => priorKey(key)));
  for (const key of fleetKeysOf(event)) expect(key).toMatch(/^[0-9a-f]{16}$/);
  expect(fleetKeysOf(event)).toMatchInlineSnapshot(`
    [
      "00032481e2a54477",
      "0004559022d18691",
      "001f80ff2f2f57ee",
      "001a2a8845b33418",
    ]
  `);
});

test('what had no effect, and what is no call, is no use', () => {
  expect(fleetKeysOf(decision({ outcome: { status: 'blocked' } }))).toEqual([]);
  expect(fleetKeysOf(decision({ kind: 'proposal' }))).toEqual([]);
  expect(fleetKeysOf(decision({ call: undefined }))).toEqual([]);
});

test('joined keys are safe integers, and the order of the two matters', () => {
  const key = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Number.isSafeInteger(joinedKey(a, b))).toBe(true);
      expect(joinedKey(a, b)).toBeGreaterThan(0);
      expect(joinedKey(a, b) === joinedKey(b, a)).toBe(a === b);
    }),
  );
});
