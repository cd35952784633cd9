-- Runs of an agent whose decisions have gaps in seq: telemetry that never arrived.
SELECT run_id AS runId, max(seq) AS lastSeq, toUInt64(max(seq) - uniqExact(seq)) AS missing
FROM decisions_v1
WHERE tenant = {tenant:String} AND agent_id = {agentId:String} AND isNotNull(seq) AND run_id != ''
GROUP BY run_id
HAVING missing > 0
ORDER BY runId
