export { type Backtest, type BacktestSummary, createBacktest } from './backtest.ts';
export { type DetectorConfig, defaultDetectorConfig, parseDetectorConfig } from './config.ts';
export { createDetector, type DetectorDeps, type DetectorService, type DetectorStatus } from './service.ts';
