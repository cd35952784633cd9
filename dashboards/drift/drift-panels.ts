import { bars, lines, stat, table } from '../fleet/panels.ts';
import { DRIFTS, READINGS } from './drift-scope.ts';

/** One metric of each agent over time, with what is normal beside it. */
const course = (metric: string, text: { title: string; description: string; unit: string }): ReturnType<typeof lines> =>
  lines({
    ...text,
    sql: `
SELECT time, series, value FROM
(
  SELECT $__timeInterval(at) AS time, agent_id AS series, avg(value) AS value FROM ${READINGS} AND metric = '${metric}' GROUP BY time, series
  UNION ALL
  SELECT $__timeInterval(at) AS time, concat(agent_id, ', normal') AS series, avg(reference) AS value
  FROM ${READINGS} AND metric = '${metric}' AND isNotNull(reference) GROUP BY time, series
)
ORDER BY time`,
  });

/** The numbers at the top. */
export const driftOverview = (): ReturnType<typeof stat>[] => [
  stat({
    title: 'Agents measured',
    description: 'Agents that were measured in this window: once a minute while they act.',
    sql: `SELECT uniqExact(tenant, agent_id) AS agents FROM ${READINGS}`,
  }),
  stat({
    title: 'Still learning',
    description: 'Agents of which the error rate has no reference yet.',
    sql: `SELECT countIf(unready) AS agents FROM (SELECT agent_id, argMax(learning, at) AS unready FROM ${READINGS} AND metric = 'error_rate' GROUP BY agent_id)`,
  }),
  stat({
    title: 'Shifts found',
    description: 'Anomalies of the detector drift: one per shift.',
    sql: `SELECT count() AS shifts FROM ${DRIFTS}`,
  }),
  stat({
    title: 'Nearest to its limit',
    description: 'The largest statistic as a share of the value at which it alarms, of the newest reading of every metric.',
    unit: 'percentunit',
    sql: `
SELECT ifNull(max(near), 0) AS nearest FROM
(
  SELECT argMax(statistic, at) / argMax(threshold, at) AS near FROM ${READINGS} AND threshold > 0 AND metric NOT IN ('success_rate', 'action_mix')
  GROUP BY agent_id, metric, subject
)`,
  }),
];

/** What an operator asks for first, over time. */
export const driftCourses = (): ReturnType<typeof lines>[] => [
  course('error_rate', {
    title: 'Error rate',
    description: 'Share of about the last hundred decisions that failed, and what is normal for the agent.',
    unit: 'percentunit',
  }),
  course('approval_rejection_rate', {
    title: 'Approval rejection rate',
    description: 'Share of about the last fifty decided approvals that a person rejected, and what is normal.',
    unit: 'percentunit',
  }),
  course('cost_per_task', {
    title: 'Cost per task',
    description: 'Mean of about the last twenty tasks, and what is normal.',
    unit: 'currencyUSD',
  }),
  course('action_mix', {
    title: 'Distance of the action mix',
    description: 'Jensen–Shannon distance of what the agent does now from its reference: 0 = the same. It explains, it does not alarm.',
    unit: 'short',
  }),
];

/** Each action's success, and how near each test is. */
export const driftTables = (): ReturnType<typeof table | typeof bars>[] => [
  table({
    title: 'Success per action',
    description: 'Newest reading of the 16 most used actions of each agent; fall = standard errors below normal, from 3 on worth a look.',
    sql: `
SELECT agent_id AS agent, subject AS action, argMax(value, at) AS success, tupleElement(argMax(tuple(reference), at), 1) AS normal,
  argMax(statistic, at) AS fall, argMax(samples, at) AS decisions, max(at) AS read
FROM ${READINGS} AND metric = 'success_rate'
GROUP BY agent, action ORDER BY fall DESC, decisions DESC LIMIT 200`,
  }),
  table({
    title: 'Tests',
    description: 'Newest reading of every metric of each agent beside the value at which it alarms.',
    sql: `
SELECT agent_id AS agent, argMax(agent_version, at) AS version, metric, argMax(value, at) AS now,
  tupleElement(argMax(tuple(reference), at), 1) AS normal, tupleElement(argMax(tuple(statistic), at), 1) AS test,
  tupleElement(argMax(tuple(threshold), at), 1) AS alarms_at, argMax(learning, at) AS still_learning, max(at) AS read
FROM ${READINGS} AND metric != 'success_rate'
GROUP BY agent, metric ORDER BY test / alarms_at DESC, agent, metric LIMIT 200`,
  }),
  table({
    title: 'Shifts',
    description: 'What moved, by how much, since when.',
    sql: `SELECT detected, agent_id AS agent, rule, severity, explanation FROM ${DRIFTS} ORDER BY detected DESC LIMIT 100`,
  }),
  bars({
    title: 'Shifts by metric',
    description: 'One per shift, under the metric that alarmed first.',
    sql: `SELECT $__timeInterval(detected) AS time, rule, count() AS shifts FROM ${DRIFTS} GROUP BY time, rule ORDER BY time`,
  }),
];
