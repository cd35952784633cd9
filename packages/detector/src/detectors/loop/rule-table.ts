import { cycleRules } from './cycle-rules.ts';
import { failureRules } from './failure-rules.ts';
import { modelRules } from './model-rules.ts';
import { repeatRules } from './repeat-rules.ts';
import type { Rule } from './rule.ts';

/** Every rule of `loop`, in the order in which ties of severity are settled: the more specific sentence first. */
export const ruleTable: readonly Rule[] = [...repeatRules, ...cycleRules, ...failureRules, ...modelRules];
