import { agentKey } from '@belay/protocol';
import { decision } from '@belay/testkit';
import { expect, test } from 'vitest';
import { LastAgentKey } from './last-agent-key.ts';

test('every decision gets the key of its own agent, in rows and in turns', () => {
  const keys = new LastAgentKey();
  for (const [tenant, agentId] of ['a', 'a', 'b', 'a', 'b'].flatMap((id) => [['acme', id] as const, ['other', id] as const]))
    expect(keys.of(decision({ n: 1, tenant, agentId }))).toBe(agentKey(tenant, agentId));
});

test('an id that cannot be a key is refused each time, and the next agent is not taken for it', () => {
  const keys = new LastAgentKey();
  const refused = decision({ n: 1, agentId: 'a\u0000b' });
  expect(() => keys.of(refused)).toThrow();
  expect(() => keys.of(refused)).toThrow();
  expect(keys.of(decision({ n: 1, agentId: 'a' }))).toBe(agentKey('acme', 'a'));
});
