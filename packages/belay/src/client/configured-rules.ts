import { matchesPattern } from '@belay/protocol';
import { z } from 'zod';
import { safeText } from '../output/safe-text.ts';
import { whomText } from '../output/whom-text.ts';

/** One rule of the configuration that the detectors run with, as `GET /v1/detectors` tells it; the first that matches a finding holds. */
export const configuredRuleSchema = z.looseObject({
  detector: z.string(),
  rule: z.string().default('*'),
  agent: z.string().default('*'),
  agentName: z.string().optional(),
  environment: z.string().optional(),
  mode: z.string(),
});
export type ConfiguredRule = z.infer<typeof configuredRuleSchema>;

/** The rules that concern a detector for some of its rules or agents only, in their order; undefined = any detector. */
export function partialRules(rules: readonly ConfiguredRule[], detector: string | undefined): readonly ConfiguredRule[] {
  const ofIt = rules.filter((one) => detector === undefined || matchesPattern(one.detector, detector));
  const last = detector === undefined ? -1 : ofIt.findIndex(isForAll);
  // What stands behind the rule for all never has its turn.
  return (last < 0 ? ofIt : ofIt.slice(0, last)).filter((one) => !isForAll(one));
}

/** Whom a rule is for, in words. Safe for a terminal. */
export function ruleText({ rule, agent, agentName, environment }: ConfiguredRule): string {
  const whom = [
    ...(agent === '*' ? [] : [safeText(agent, 40)]),
    ...(agent !== '*' && agentName === undefined && environment === undefined ? [] : [whomText({ agentName, environment })]),
  ];
  return `${whom.join(', ')}${rule === '*' ? '' : `, rules ${safeText(rule, 40)}`}`;
}

const isForAll = ({ rule, agent, agentName, environment }: ConfiguredRule): boolean =>
  rule === '*' && agent === '*' && agentName === undefined && environment === undefined;
