import { lines, table } from './panels.ts';
import { CONTROL_EVENTS } from './scope.ts';

/**
 * One row per automatic stop and run. Detected and placed are on the platform's clocks; applied and confirmed count when control recorded the
 * acknowledgement, so no agent's clock is in a delay.
 */
const STOPS = `
WITH
  placed AS (
    SELECT command_id, agent_id, min(at) AS placed_at, any(cause_kind) AS cause, any(cause_ref) AS cause_id, any(hold_action) AS action, any(reason) AS why
    FROM ${CONTROL_EVENTS} AND type = 'hold.placed' GROUP BY command_id, agent_id
  ),
  acks AS (
    SELECT command_id, run_id, minIf(at, ack_state IN ('applied', 'confirmed')) AS applied_at, minIf(at, ack_state = 'confirmed') AS confirmed_at
    FROM ${CONTROL_EVENTS} AND type = 'ack' AND ack_state IN ('applied', 'confirmed') GROUP BY command_id, run_id
  ),
  found AS (
    SELECT id, detected, trigger_us FROM anomalies_v1 WHERE tenant IN (\${tenant:singlequote}) AND detected >= $__fromTime - INTERVAL 1 HOUR
  ),
  stops AS (
    SELECT placed.placed_at AS placed_at, placed.agent_id AS agent, acks.run_id AS run, placed.action AS action, placed.cause AS cause, placed.why AS why,
      if(found.id = '', NULL, (toUnixTimestamp64Micro(found.detected) - found.trigger_us) / 1000) AS bad_action_to_detected_ms,
      if(found.id = '', NULL, dateDiff('microsecond', found.detected, placed.placed_at) / 1000) AS detected_to_placed_ms,
      if(acks.command_id = '', NULL, dateDiff('microsecond', placed.placed_at, acks.applied_at) / 1000) AS placed_to_applied_ms,
      if(acks.command_id = '' OR toUnixTimestamp64Micro(acks.confirmed_at) = 0, NULL,
        dateDiff('microsecond', placed.placed_at, acks.confirmed_at) / 1000) AS placed_to_confirmed_ms
    FROM placed LEFT JOIN acks ON acks.command_id = placed.command_id LEFT JOIN found ON found.id = placed.cause_id
  )`;

/** How agents were stopped, and how fast. */
export const stopPanels = (): ReturnType<typeof lines | typeof table>[] => [
  lines({
    title: 'Delay of stops',
    description:
      'From the hold to the acknowledgement that nothing new can start (applied) and that nothing covered is in flight (confirmed).',
    unit: 'ms',
    sql: `${STOPS}
SELECT time, leg, quantileExact(0.99)(delay_ms) AS p99_ms
FROM (
  SELECT $__timeInterval(placed_at) AS time, one.1 AS leg, assumeNotNull(one.2) AS delay_ms
  FROM stops
  ARRAY JOIN [('detected → placed', detected_to_placed_ms), ('placed → applied', placed_to_applied_ms), ('placed → confirmed', placed_to_confirmed_ms)] AS one
  WHERE isNotNull(one.2)
)
GROUP BY time, leg ORDER BY time`,
  }),
  table({
    title: 'Stops',
    description: 'Each hold and each run that acknowledged it; empty = not yet. The first delay starts on the agent’s own clock.',
    sql: `${STOPS}
SELECT placed_at, agent, action, cause, why, run, bad_action_to_detected_ms, detected_to_placed_ms, placed_to_applied_ms, placed_to_confirmed_ms
FROM stops ORDER BY placed_at DESC LIMIT 100`,
  }),
  table({
    title: 'Holds in force',
    description: 'Placed in this window and not released.',
    sql: `
SELECT min(at) AS placed_at, any(agent_id) AS agent, anyIf(hold_action, type = 'hold.placed') AS action, anyIf(hold_scope, type = 'hold.placed') AS scope,
  anyIf(hold_scope_id, type = 'hold.placed') AS scope_id, anyIf(cause_kind, type = 'hold.placed') AS cause, anyIf(reason, type = 'hold.placed') AS why
FROM ${CONTROL_EVENTS} AND type IN ('hold.placed', 'hold.released')
GROUP BY hold_id HAVING countIf(type = 'hold.released') = 0 ORDER BY placed_at DESC LIMIT 100`,
  }),
  table({
    title: 'Run states',
    description: 'The last state of each run that changed in this window.',
    sql: `
SELECT agent_id AS agent, run_id AS run, argMax(run_to, at) AS state, max(at) AS since
FROM ${CONTROL_EVENTS} AND type = 'run.state'
GROUP BY agent, run ORDER BY since DESC LIMIT 100`,
  }),
];
