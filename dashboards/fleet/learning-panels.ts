import { bars, table } from './panels.ts';
import { ANOMALIES, DECISIONS } from './scope.ts';

/** What detectors know of each agent yet, and what they kept to themselves. */
export const learningPanels = (): ReturnType<typeof bars | typeof table>[] => [
  bars({
    title: 'Findings held back, by reason',
    description: 'learning = too little known of the agent; stale = too old to act on; breaker = too many agents held at once.',
    sql: `
SELECT $__timeInterval(detected) AS time, suppressed AS reason, count() AS findings
FROM ${ANOMALIES} AND suppressed != ''
GROUP BY time, reason ORDER BY time`,
  }),
  table({
    title: 'What there was to learn from',
    description: 'Decisions and sessions of each agent version in this window. A new version starts from few.',
    sql: `
SELECT agent_id AS agent, agent_version AS version, count() AS decisions, uniqExact(session_id) AS sessions, uniqExact(call_name) AS tools,
  uniqExact(call_digest) AS different_calls, min(received) AS first_received
FROM ${DECISIONS}
GROUP BY agent, version ORDER BY first_received DESC LIMIT 100`,
  }),
];
