-- The newest reading of every metric and subject of each agent, or of one agent when its id is given.
SELECT
    agent_id AS agentId,
    argMax(agent_name, tuple(at, agent_us)) AS agentName,
    argMax(agent_version, tuple(at, agent_us)) AS agentVersion,
    metric,
    subject,
    toUnixTimestamp64Micro(max(at)) AS atUs,
    argMax(value, tuple(at, agent_us)) AS value,
    tupleElement(argMax(tuple(reference), tuple(at, agent_us)), 1) AS reference,
    tupleElement(argMax(tuple(statistic), tuple(at, agent_us)), 1) AS statistic,
    tupleElement(argMax(tuple(threshold), tuple(at, agent_us)), 1) AS threshold,
    argMax(samples, tuple(at, agent_us)) AS samples,
    argMax(learning, tuple(at, agent_us)) AS learning
FROM detector_scores_v2
WHERE tenant = {tenant:String} AND detector = 'drift' AND ({agentId:String} = '' OR agent_id = {agentId:String})
    AND at >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC') AND at <= fromUnixTimestamp64Micro({untilUs:Int64}, 'UTC')
GROUP BY agent_id, metric, subject
ORDER BY agentId, metric, samples DESC, subject
LIMIT {limit:UInt32}
