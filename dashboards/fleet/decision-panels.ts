import { bars, lines, table } from './panels.ts';
import { DECISIONS } from './scope.ts';

/** What agents do. */
export const decisionPanels = (): ReturnType<typeof bars | typeof table>[] => [
  bars({
    title: 'Decisions by outcome',
    description: 'Proposals have no outcome yet; blocked means that a hold or a policy refused.',
    sql: `
SELECT $__timeInterval(received) AS time, if(outcome_status = '', kind, outcome_status) AS outcome, count() AS decisions
FROM ${DECISIONS}
GROUP BY time, outcome ORDER BY time`,
  }),
  lines({
    title: 'Decisions per agent and minute',
    description: 'The twelve busiest agents of the window.',
    sql: `
SELECT $__timeInterval(received) AS time, agent_id AS agent, count() * 60 / $__interval_s AS per_minute
FROM ${DECISIONS}
  AND agent_id IN (SELECT agent_id FROM ${DECISIONS} GROUP BY agent_id ORDER BY count() DESC LIMIT 12)
GROUP BY time, agent ORDER BY time`,
  }),
  table({
    title: 'Tools',
    description: 'What is called most, and how it ends.',
    sql: `
SELECT call_name AS tool, effect, count() AS calls, countIf(outcome_status IN ('error', 'timeout')) AS errors,
  countIf(outcome_status = 'blocked') AS blocked, round(quantile(0.95)(duration_us) / 1000, 1) AS p95_ms, uniqExact(agent_id) AS agents
FROM ${DECISIONS} AND call_name != '' AND kind != 'proposal'
GROUP BY tool, effect ORDER BY calls DESC LIMIT 50`,
  }),
  table({
    title: 'Missing telemetry',
    description: 'Runs with gaps in their sequence numbers: decisions that happened and never arrived.',
    sql: `
SELECT agent_id AS agent, run_id AS run, max(seq) - min(seq) + 1 - uniqExact(seq) AS missing, max(received) AS last_received
FROM ${DECISIONS} AND isNotNull(seq) AND run_id != ''
GROUP BY agent, run HAVING missing > 0 ORDER BY missing DESC LIMIT 50`,
  }),
];
