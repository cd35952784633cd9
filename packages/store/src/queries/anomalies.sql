-- Newest anomalies, of one agent or (empty agent id) of all.
SELECT
    id,
    agent_id AS agentId,
    run_id AS runId,
    session_id AS sessionId,
    detector,
    rule,
    severity,
    score,
    explanation,
    trigger_decision_id AS triggerDecisionId,
    trigger_us AS triggerUs,
    toUnixTimestamp64Micro(detected) AS detectedUs,
    mode,
    response,
    suppressed,
    group_id AS groupId
FROM anomalies_v1
WHERE tenant = {tenant:String} AND ({agentId:String} = '' OR agent_id = {agentId:String})
    AND detected >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC') AND detected <= fromUnixTimestamp64Micro({untilUs:Int64}, 'UTC')
ORDER BY detected DESC, id
LIMIT {limit:UInt32}
