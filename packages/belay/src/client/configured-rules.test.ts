import { expect, test } from 'vitest';
import { configuredRuleSchema, partialRules, ruleText } from './configured-rules.ts';

const rule = (members: object) => configuredRuleSchema.parse({ mode: 'enforce', ...members });

test('what stands behind the rule for all never has its turn, and that rule itself is none for some', () => {
  const sample = rule({ detector: 'loop', environment: 'sample' });
  const rules = [sample, rule({ detector: 'loop' }), rule({ detector: '*', rule: 'cap_*' })];
  expect(partialRules(rules, 'loop')).toEqual([sample]);
  expect(partialRules(rules, 'spend_rate')).toEqual([rules[2]]);
  expect(partialRules(rules, undefined)).toEqual([sample, rules[2]]);
});

test.each([
  [{ detector: 'x', environment: 'sample' }, 'agents in sample'],
  [{ detector: 'x', rule: 'cap_*' }, 'every agent, rules cap_*'],
  [{ detector: 'x', agent: 'billing-*' }, 'billing-*'],
  [{ detector: 'x', agent: 'b-*', agentName: 'b', rule: 'l1' }, 'b-*, agents named b, rules l1'],
])('%j is for %s', (members, text) => {
  expect(ruleText(rule(members))).toBe(text);
});
