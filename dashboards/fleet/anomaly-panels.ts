import { bars, table } from './panels.ts';
import { ANOMALIES } from './scope.ts';

/** What detectors found. */
export const anomalyPanels = (): ReturnType<typeof bars | typeof table>[] => [
  bars({
    title: 'Anomalies by rule',
    description: 'Suppressed ones are left out; they are under Learning.',
    sql: `
SELECT $__timeInterval(detected) AS time, concat(detector, ' ', rule, ' ', severity) AS rule_and_severity, count() AS anomalies
FROM ${ANOMALIES} AND suppressed = ''
GROUP BY time, rule_and_severity ORDER BY time`,
  }),
  table({
    title: 'Latest anomalies',
    description: 'One line for each cause: what is grouped under a first finding is counted, not shown.',
    sql: `
SELECT detected, severity, agent_id AS agent, detector, rule, explanation, response, mode, session_id AS session, id
FROM ${ANOMALIES} AND suppressed = '' AND group_id IN ('', id)
ORDER BY detected DESC LIMIT 100`,
  }),
];
