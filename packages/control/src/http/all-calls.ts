import { agentCalls } from './agent-calls.ts';
import { backtestCalls } from './backtest-calls.ts';
import type { Call } from './call.ts';
import { changeCalls } from './change-calls.ts';
import { feedbackCalls } from './feedback-calls.ts';
import { historyCalls } from './history-calls.ts';
import { hookCalls } from './hook-calls.ts';
import { listCalls } from './list-calls.ts';
import { metricCalls } from './metric-calls.ts';
import { modeCalls } from './mode-calls.ts';
import { publicCalls } from './public-calls.ts';

/** The whole HTTP interface: what the server registers and the OpenAPI document describes. */
export const allCalls = (): readonly Call[] => [
  ...agentCalls,
  ...listCalls,
  ...changeCalls,
  ...modeCalls,
  ...feedbackCalls,
  ...backtestCalls,
  ...historyCalls,
  ...metricCalls,
  ...hookCalls,
  ...publicCalls,
];
