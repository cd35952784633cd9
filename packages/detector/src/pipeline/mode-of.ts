import { type DetectorMode, matchesPattern } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import type { ModeOverride } from './agent-state.ts';
import type { LabelledModes } from './labelled-modes.ts';
import type { AgentIdentity } from './occasion.ts';

/** Operator's modes that may concern a finding: for its agent, and for agents of the tenant by label. */
export interface ModeOverrides {
  readonly agent: Pick<ReadonlyMap<string, ModeOverride>, 'get'>;
  readonly tenant: LabelledModes;
}

/** The mode of a finding: the latest override of an operator, else what the configuration says. */
export const modeOf = (
  who: AgentIdentity,
  what: { readonly detector: string; readonly rule: string },
  { config, overrides }: { config: DetectorConfig; overrides: ModeOverrides },
): DetectorMode => settled(who, what, { config, override: modeByOperator(who, what.detector, overrides) });

/** An operator's override above the configuration. `warn` raises what is in shadow and leaves absolute caps (`cap_*`) as configured: only `shadow`, the brake, lifts those. */
export function settled(
  who: AgentIdentity,
  what: { readonly detector: string; readonly rule: string },
  { config, override }: { config: DetectorConfig; override: DetectorMode | undefined },
): DetectorMode {
  const isKept = override === 'warn' && what.rule.startsWith('cap_') && modeByConfig(who, what, config) === 'enforce';
  return isKept ? 'enforce' : (override ?? modeByConfig(who, what, config));
}

/** The latest override of an operator; undefined when there is none. */
export const modeByOperator = (who: AgentIdentity, detector: string, { agent, tenant }: ModeOverrides): DetectorMode | undefined =>
  latest([agent.get(detector), agent.get('*'), ...tenant.of(detector, who)])?.mode;

/** The first rule of the configuration that matches, else shadow. */
function modeByConfig(
  who: AgentIdentity,
  what: { readonly detector: string; readonly rule: string },
  config: DetectorConfig,
): DetectorMode {
  const matches = (pattern: string | undefined, value: string | undefined) =>
    pattern === undefined || (value !== undefined && matchesPattern(pattern, value));
  const rule = config.modes.find(
    (one) =>
      matches(one.detector, what.detector) &&
      matches(one.rule, what.rule) &&
      matches(one.tenant, who.tenant) &&
      matches(one.agent, who.agentId) &&
      matches(one.agentName, who.agentName) &&
      matches(one.environment, who.environment),
  );
  return rule?.mode ?? 'shadow';
}

/** The newest; of equals the first: one for the agent itself before one by label. */
function latest(overrides: readonly (ModeOverride | undefined)[]): ModeOverride | undefined {
  return overrides.reduce((best, one) => (one !== undefined && (best === undefined || one.atUs > best.atUs) ? one : best), undefined);
}

type ModeRule = DetectorConfig['modes'][number];

const isForAll = ({ rule, tenant, agent, agentName, environment }: ModeRule): boolean =>
  [rule, tenant, agent].every((glob) => glob === '*') && agentName === undefined && environment === undefined;

/** The mode that the configuration gives a detector for any agent and rule: the first rule for all of them; none = shadow. */
export const configuredMode = (detector: string, { modes }: DetectorConfig): DetectorMode =>
  modes.find((one) => matchesPattern(one.detector, detector) && isForAll(one))?.mode ?? 'shadow';

/** The lowest mode that the configuration gives a detector for some agent or rule: giving all one mode raises it from there. */
export function lowestConfiguredMode(detector: string, config: DetectorConfig): DetectorMode {
  const rules = config.modes.filter((one) => matchesPattern(one.detector, detector));
  const last = rules.findIndex(isForAll);
  const modes = [configuredMode(detector, config), ...rules.slice(0, Math.max(0, last)).map(({ mode }) => mode)];
  return (['shadow', 'warn'] as const).find((mode) => modes.includes(mode)) ?? 'enforce';
}
