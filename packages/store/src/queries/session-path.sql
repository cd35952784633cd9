-- What happened in a session and in the sessions it started, in the order the platform received it; seq orders what came together.
SELECT
    id,
    agent_id AS agentId,
    run_id AS runId,
    seq,
    session_id AS sessionId,
    root_session_id AS rootSessionId,
    turn,
    kind,
    toUnixTimestamp64Micro(received) AS receivedUs,
    start_us AS startUs,
    duration_us AS durationUs,
    call_name AS tool,
    effect,
    destinations,
    intent,
    reasoning_span_id AS reasoningSpanId,
    parent_span_id AS parentSpanId,
    policy_verdict AS policyVerdict,
    policy_action AS policyAction,
    outcome_status AS outcomeStatus,
    error_type AS errorType,
    outcome_summary AS outcomeSummary,
    divergence_score AS divergenceScore,
    toInt64(toDecimal128(cost_usd, 9) * 1000000000) AS costNanoUsd
FROM decisions_v1
WHERE tenant = {tenant:String}
    -- The agents first, by index: a filter on them reaches the table, one on sessions would be applied to the whole view.
    AND agent_id IN
    (
        SELECT agent_id
        FROM decisions
        WHERE tenant = {tenant:String} AND (session_id = {sessionId:String} OR root_session_id = {sessionId:String})
    )
    AND (session_id = {sessionId:String} OR root_session_id = {sessionId:String})
ORDER BY receivedUs, runId, seq, startUs, id
LIMIT {limit:UInt32}
