import { expect, test } from 'vitest';
import { auditHash } from './audit.ts';

const link = { tenant: 't', seq: 1, at_us: 2, actor: 'ann', action: 'hold.placed', agent_id: 'a', details: '{}', prev_hash: '' };

test('the hash is the documented one: SHA-256 of the canonical array of all fields', () => {
  expect(auditHash(link)).toBe('addfa6835b07ef03e46ec8f3f5a98a0fb91b0ffabf1fa544a5663da6ea8b15db');
});

test.each(Object.keys(link))('a change of %s changes the hash', (field) => {
  const other = typeof link[field as keyof typeof link] === 'number' ? 99 : 'changed';
  expect(auditHash({ ...link, [field]: other })).not.toBe(auditHash(link));
});

test('fields cannot be moved over their borders', () => {
  expect(auditHash({ ...link, actor: 'an', action: 'nhold.placed' })).not.toBe(auditHash(link));
});
