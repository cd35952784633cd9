-- One decision by id.
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
WHERE tenant = {tenant:String} AND agent_id = {agentId:String} AND trace_id = {traceId:String} AND span_id = {spanId:String}
