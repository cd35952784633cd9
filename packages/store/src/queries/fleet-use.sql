-- What agents that have a name used in a window, each distinct use once: calls that had an effect. A use is flagged when a finding was made on
-- it; what else a flagged session used is left out. Hints of other detectors do not flag. Of all tenants, which share the limit: each has
-- the same part of it, and what one leaves of its part is the others', so that none can crowd another out.
WITH flagged AS
(
    SELECT tenant, agent_id, trigger_decision_id, session_id
    FROM anomalies
    WHERE detected >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC') - INTERVAL 1 DAY
        AND trigger_decision_id != '' AND (detector = 'novel_endpoint' OR severity != 'info')
),
used AS
(
    SELECT DISTINCT
        tenant,
        agent_name AS agentName,
        agent_id AS agentId,
        kind,
        call_name AS tool,
        effect,
        call_digest AS digest,
        destinations,
        features,
        (tenant, agent_id, id) IN (SELECT tenant, agent_id, trigger_decision_id FROM flagged) AS isFlagged
    FROM decisions_between_v1(since_us = {sinceUs:Int64}, until_us = {untilUs:Int64})
    WHERE agent_name != '' AND kind IN ('tool', 'agent') AND call_name != '' AND outcome_status NOT IN ('error', 'blocked', 'cancelled')
        AND (isFlagged OR session_id = '' OR (tenant, agent_id, session_id) NOT IN (SELECT tenant, agent_id, session_id FROM flagged))
)
SELECT tenant, agentName, agentId, kind, tool, effect, digest, destinations, features, isFlagged
FROM (SELECT *, row_number() OVER (PARTITION BY tenant ORDER BY agentName, agentId, tool, digest) AS place FROM used)
ORDER BY place, tenant
LIMIT {limit:UInt32}
