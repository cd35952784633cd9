-- What each agent spent in a window, dearest first.
SELECT
    agent_id AS agentId,
    toInt64(ifNull(sum(cost_usd), 0) * 1000000000) AS costNanoUsd,
    sum(ifNull(input_tokens, 0)) AS inputTokens,
    sum(ifNull(output_tokens, 0)) AS outputTokens,
    count() AS decisions
FROM decisions_between_v1(since_us = {sinceUs:Int64}, until_us = {untilUs:Int64})
WHERE tenant = {tenant:String}
GROUP BY agent_id
ORDER BY costNanoUsd DESC, agentId
LIMIT {limit:UInt32}
