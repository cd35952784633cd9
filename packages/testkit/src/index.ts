export { anomaly, type DecisionOverrides, decision, decisionId, decisions, modelCall } from './builders.ts';
export { createManualClock, MANUAL_CLOCK_START_US, type ManualClock } from './clock.ts';
export { createSeededRandom, type SeededRandom } from './random.ts';
