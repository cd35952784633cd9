export { type Archive, type ArchiveDeps, type ArchiveStatus, createArchive } from './archive/archive.ts';
export type { ArchiveConfig } from './archive/archive-config.ts';
export type { LaneState } from './archive/availability.ts';
export { type Backtest, type BacktestSummary, createBacktest } from './backtest.ts';
export { type DetectorConfig, defaultDetectorConfig, parseDetectorConfig } from './config.ts';
export { configDigestOf } from './config-digest.ts';
export { configTables, withoutPadding } from './config-tables.ts';
export { createDetector, type DetectorDeps, type DetectorService, type DetectorStatus } from './service.ts';
export { LevelMonitor, type LevelMonitorOptions, type LevelReading } from './stats/level-monitor.ts';
