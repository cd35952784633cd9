import { describe, expect, it } from 'vitest';
import { evaluatePolicy } from './evaluate.ts';
import type { LocalPolicy, PolicyFacts } from './local-policy.ts';

const facts = { tool: 't', effect: 'write', destinations: [] } as unknown as PolicyFacts;
const boom = (): never => {
  throw new Error('secret text');
};

describe('the local policy', () => {
  it.each<[string, LocalPolicy, string, boolean]>([
    ['allows what nobody forbids', {}, 'allow', true],
    ['follows the default of the effect', { defaults: { write: 'deny' } }, 'deny', false],
    ['ignores the default of another effect', { defaults: { destructive: 'deny' } }, 'allow', true],
    ['lets a rule win over the default', { defaults: { write: 'deny' }, decide: () => 'allow' }, 'allow', true],
    ['falls back to the default where no rule decides', { defaults: { write: 'deny' }, decide: () => undefined }, 'deny', false],
    ['runs what is to be reviewed afterwards', { decide: () => 'allow_with_review' }, 'allow_with_review', true],
    ['does not run what needs a person', { decide: () => 'require_approval' }, 'require_approval', false],
    ['does not run what is to be delayed', { decide: () => 'delay' }, 'delay', false],
    ['denies when a rule throws', { decide: boom }, 'deny', false],
    ['denies when a rule makes up a verdict', { decide: () => 'sure' as never }, 'deny', false],
    ['runs everything in shadow mode, and says what it would do', { mode: 'shadow', decide: () => 'deny' }, 'deny', true],
  ])('%s', (_what, policy, verdict, mayRun) => {
    expect(evaluatePolicy(policy, facts)).toMatchObject({ verdict, mayRun });
  });

  it('does not tell what a failing rule said', () => {
    expect(evaluatePolicy({ decide: boom }, facts).why).not.toContain('secret text');
  });
});
