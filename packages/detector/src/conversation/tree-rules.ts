import type { ConversationStep, Severity } from '@belay/protocol';
import { clockTime, shortName } from '../detectors/wording.ts';
import type { ConversationConfig } from './conversation-config.ts';
import type { Edge } from './edge.ts';
import { type Cycle, cycleName, findCycle } from './find-cycle.ts';
import type { Tree } from './tree.ts';
import type { WorkflowHabit } from './workflow-habit.ts';

/** What is wrong with a tree. */
export interface TreeMatch {
  readonly rule: 'cycle' | 'depth' | 'rate' | 'cap_rate' | 'tree_spend' | 'cap_spend';
  readonly severity: Severity;
  /** At most 512 characters. */
  readonly cause: string;
  /** Agents whose sessions are concerned even when they have just ended. */
  readonly agents: readonly string[];
  /** Hand-overs that the finding uses up. */
  readonly edges: readonly Edge[];
  readonly score: number;
  readonly sentence: string;
  readonly decisionIds: readonly string[];
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Below it no tree is dear or busy, whatever its workflow's habit. */
const LEAST_SPEND_NANO_USD = 1e9;
const LEAST_PER_MINUTE = 20;
const CAUSE_MAX = 512;
const NAMES_MAX = 5;

const usd = (nano: number): string => `${(nano / 1e9).toFixed(2)} USD`;

/** What the step just taken shows to be wrong; the edge is the one it handed work over on. */
export function treeMatches(
  step: ConversationStep,
  { tree, edge, habit, config }: { tree: Tree; edge: Edge | undefined; habit: WorkflowHabit; config: ConversationConfig },
): readonly TreeMatch[] {
  const matches = [
    edge === undefined ? undefined : cycleMatch(tree, edge, config),
    depthMatch(step, tree, config),
    edge === undefined ? undefined : rateMatch(step, { tree, habit, config }),
    spendMatch(step, { tree, habit, config }),
  ];
  return matches.filter((match) => match !== undefined);
}

function cycleMatch(tree: Tree, edge: Edge, config: ConversationConfig): TreeMatch | undefined {
  const cycle = findCycle(edge, { edges: tree.edges.values(), idOf: (named) => tree.idOf(named), config });
  if (cycle === undefined) return undefined;
  const times = cycle.isSame ? edge.identical : edge.similar;
  return {
    rule: 'cycle',
    severity: edge.fired + 1 > config.criticalAfter ? 'critical' : 'warning',
    cause: `cycle|${cycleName(cycle)}`.slice(0, CAUSE_MAX),
    agents: cycle.agents,
    edges: cycle.edges,
    score: Math.min(1, 0.8 + 0.01 * times),
    sentence: `Agents ${listOf(cycle)} hand ${cycle.agents.length === 2 ? 'each other' : 'round'} ${cycle.isSame ? 'the very same messages' : 'nearly the same messages'} again and again: ${times} times since ${clockTime(edge.sinceUs)}; the tree of ${tree.members.size} sessions has made ${tree.handovers} hand-overs and spent ${usd(tree.spentNanoUsd)}.`,
    decisionIds: edge.ids,
    facts: {
      from: edge.from,
      to: edge.to,
      agents: cycle.agents.length,
      repeats: times,
      handovers: tree.handovers,
      spent_nano_usd: tree.spentNanoUsd,
    },
  };
}

/** `a, b and c`; of many the first ones. */
function listOf({ agents }: Cycle): string {
  const names = agents.slice(0, NAMES_MAX).map(shortName);
  const last = agents.length > NAMES_MAX ? `${agents.length - NAMES_MAX} more` : names.pop();
  return `${names.join(', ')} and ${last}`;
}

function depthMatch(step: ConversationStep, tree: Tree, { maxDepth }: ConversationConfig): TreeMatch | undefined {
  const depth = tree.depths.of(step);
  if (depth < maxDepth) return undefined;
  return {
    rule: 'depth',
    severity: 'warning',
    ...aboutTree('depth', tree),
    score: Math.min(1, 0.7 + 0.01 * depth),
    sentence: `Work of agent ${shortName(tree.leadAgentId)} has been handed on ${depth} times, to agent ${shortName(step.agentId)} (limit ${maxDepth}); the tree has spent ${usd(tree.spentNanoUsd)}.`,
    decisionIds: [step.id],
    facts: { depth, limit: maxDepth, handovers: tree.handovers },
  };
}

/** A cause of its own for each workflow: what is expected of one is not of another. */
const aboutTree = (rule: TreeMatch['rule'], { leadAgentId }: Tree) => ({
  cause: `${rule}|${leadAgentId}`.slice(0, CAUSE_MAX),
  agents: [],
  edges: [],
});

interface Context {
  readonly tree: Tree;
  readonly habit: WorkflowHabit;
  readonly config: ConversationConfig;
}

function rateMatch(step: ConversationStep, { tree, habit, config }: Context): TreeMatch | undefined {
  const count = tree.rate.perMinute;
  const isCapped = count > config.capPerMinute;
  const usual = isCapped || count < LEAST_PER_MINUTE ? undefined : habit.usual('peakPerMinute', step.endUs, config.leastTrees);
  const limit = isCapped ? config.capPerMinute : usual === undefined ? Number.POSITIVE_INFINITY : Math.ceil(config.habitFactor * usual.top);
  if (count <= limit) return undefined;
  const rule = isCapped ? 'cap_rate' : 'rate';
  const bound =
    usual === undefined ? `the absolute cap is ${limit}` : `${usual.top} is the top of what ${usual.trees} past trees of this workflow did`;
  return {
    rule,
    severity: isCapped ? 'critical' : 'warning',
    ...aboutTree(rule, tree),
    score: isCapped ? 1 : Math.min(0.99, 0.6 + 0.1 * Math.log2(count / limit + 1)),
    sentence: `The agents working for ${shortName(tree.leadAgentId)} handed work over ${count} times within a minute; ${bound}.`,
    decisionIds: [step.id],
    facts: { per_minute: count, limit, handovers: tree.handovers },
  };
}

function spendMatch(step: ConversationStep, { tree, habit, config }: Context): TreeMatch | undefined {
  const spent = tree.spentNanoUsd;
  if (step.costNanoUsd === 0) return undefined;
  const isCapped = spent > config.capUsd * 1e9;
  const usual = isCapped || spent < LEAST_SPEND_NANO_USD ? undefined : habit.usual('spentNanoUsd', step.endUs, config.leastTrees);
  const limit = isCapped ? config.capUsd * 1e9 : usual === undefined ? Number.POSITIVE_INFINITY : config.habitFactor * usual.top;
  if (spent <= limit) return undefined;
  const rule = isCapped ? 'cap_spend' : 'tree_spend';
  const bound =
    usual === undefined
      ? `the absolute cap is ${usd(limit)}`
      : `${usd(usual.top)} is the top of what ${usual.trees} past trees of this workflow spent`;
  return {
    rule,
    severity: isCapped ? 'critical' : 'warning',
    ...aboutTree(rule, tree),
    score: isCapped ? 1 : Math.min(0.99, 0.6 + 0.1 * Math.log2(spent / limit + 1)),
    sentence: `The ${tree.members.size} sessions working for agent ${shortName(tree.leadAgentId)} have spent ${usd(spent)} together; ${bound}.`,
    decisionIds: [step.id],
    facts: { spent_nano_usd: spent, limit_nano_usd: Math.round(limit), sessions: tree.members.size },
  };
}
