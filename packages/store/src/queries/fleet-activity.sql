-- Decisions, errors, refusals and anomalies of each agent in a window, busiest first.
SELECT
    activity.agent_id AS agentId,
    activity.decisions AS decisions,
    activity.errors AS errors,
    activity.blocked AS blocked,
    toUnixTimestamp64Micro(activity.last_received) AS lastReceivedUs,
    findings.anomalies AS anomalies
FROM
(
    SELECT agent_id, count() AS decisions, countIf(outcome_status IN ('error', 'timeout')) AS errors,
        countIf(outcome_status = 'blocked') AS blocked, max(received) AS last_received
    FROM decisions_between_v1(since_us = {sinceUs:Int64}, until_us = {untilUs:Int64})
    WHERE tenant = {tenant:String}
    GROUP BY agent_id
) AS activity
LEFT JOIN
(
    SELECT agent_id, count() AS anomalies
    FROM anomalies_v1
    WHERE tenant = {tenant:String} AND detected >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC')
        AND detected <= fromUnixTimestamp64Micro({untilUs:Int64}, 'UTC')
    GROUP BY agent_id
) AS findings ON findings.agent_id = activity.agent_id
ORDER BY decisions DESC, agentId
LIMIT {limit:UInt32}
