import { expect, test } from 'vitest';
import { bindingBreach } from './agent-binding.ts';

const BOUND = { agents: 'billing-*', agentNames: 'billing', environments: 'prod*' };

test('what agrees with every pattern is covered', () => {
  expect(bindingBreach(BOUND, { id: 'billing-1', name: 'billing', environment: 'prod-eu' })).toBeUndefined();
});

test.each([
  [{ id: 'ops-1', name: 'billing', environment: 'prod' }, 'agent_not_allowed'],
  [{ id: 'billing-1', name: 'trusted', environment: 'prod' }, 'name_not_allowed'],
  [{ id: 'billing-1', name: 'billing', environment: 'test' }, 'environment_not_allowed'],
])('%j is a breach: %s', (said, breach) => {
  expect(bindingBreach(BOUND, said)).toBe(breach);
});

test('a bound name or environment that is not said is a breach, even of any', () => {
  expect(bindingBreach(BOUND, { id: 'billing-1', environment: 'prod' })).toBe('name_not_allowed');
  expect(bindingBreach(BOUND, { id: 'billing-1', name: 'billing' })).toBe('environment_not_allowed');
  expect(bindingBreach({ agentNames: '*' }, { id: 'a' })).toBe('name_not_allowed');
});

test('what is not bound may be anything, or unsaid', () => {
  expect(bindingBreach({ agents: '*' }, { id: 'a' })).toBeUndefined();
  expect(bindingBreach({}, { id: 'a', name: 'b', environment: 'c' })).toBeUndefined();
});
