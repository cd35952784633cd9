export {
  type AlertmanagerSource,
  type AlertSource,
  type ControlConfig,
  type ControlSettings,
  controlConfigSchema,
  type GrafanaSource,
  parseControlConfig,
} from './config.ts';
export type { Database } from './database/database.ts';
export { createPgliteDatabase } from './database/pglite-database.ts';
export { createPostgresDatabase, type PostgresOptions } from './database/postgres-database.ts';
export { type AuditVerdict, verifyAudit } from './ledger/audit.ts';
export type { Logger } from './logger.ts';
export { openApiDocument } from './openapi/document.ts';
export { type Control, type ControlDeps, createControl } from './service.ts';
