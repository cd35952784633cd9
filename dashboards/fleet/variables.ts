import { QueryVariableBuilder, VariableRefresh } from '@grafana/grafana-foundation-sdk/dashboard';
import { CLICKHOUSE } from '../clickhouse-query.ts';

const choice = (name: string, label: string, sql: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name).label(label).datasource(CLICKHOUSE).query(sql).definition(sql).refresh(VariableRefresh.OnTimeRangeChanged);

const everything = { text: ['All'], value: ['$__all'] };

/** Tenant (one), environment and agent (many, or all). Two columns are value first, text second. */
export const variables = (): QueryVariableBuilder[] => [
  choice('tenant', 'Tenant', 'SELECT DISTINCT tenant FROM decisions WHERE $__timeFilter(received) ORDER BY tenant'),
  choice(
    'environment',
    'Environment',
    `SELECT DISTINCT environment AS value, if(environment = '', '(none)', environment) AS text FROM decisions
WHERE $__timeFilter(received) AND tenant IN (\${tenant:singlequote}) ORDER BY value`,
  )
    .multi(true)
    .includeAll(true)
    .current(everything),
  choice(
    'agent',
    'Agent',
    `SELECT DISTINCT agent_id FROM decisions
WHERE $__timeFilter(received) AND tenant IN (\${tenant:singlequote}) ORDER BY agent_id LIMIT 1000`,
  )
    .multi(true)
    .includeAll(true)
    .current(everything),
];
