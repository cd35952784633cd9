export type { Agent, Guarded, Session } from './agent/agent.ts';
export { type AgentDeps, createAgent } from './agent/create-agent.ts';
export type { HandoverDefinition } from './agent/handover.ts';
export type { ModelDefinition, ModelUsage } from './agent/model.ts';
export type { PlanPosition } from './agent/scope.ts';
export type { SessionOptions } from './agent/session.ts';
export type { TaskOptions } from './agent/task.ts';
export type { ToolDefinition } from './agent/tool.ts';
export { usd } from './agent/usd.ts';
export { type AgentOptions, type ContentMode, parseAgentOptions } from './config.ts';
export type { ControlListener, StopRecord } from './control/stop-record.ts';
export type { AwayMode, FailMode } from './fail-mode.ts';
export type { CallOptions } from './guard/action.ts';
export type { RunContext } from './guard/action-definition.ts';
export {
  ActionDeniedError,
  ActionRefusal,
  AgentKilledError,
  AgentPausedError,
  InvalidActionError,
  isActionRefusal,
  type RefusalCode,
} from './guard/refusals.ts';
export type { Logger } from './logger.ts';
export type { OptionProblem } from './option-problems.ts';
export type { LocalPolicy, MaxImpact, PolicyDecision, PolicyFacts } from './policy/local-policy.ts';
