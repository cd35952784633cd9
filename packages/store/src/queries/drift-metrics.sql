-- The newest reading of every metric and subject of each agent, or of one agent when its id is given.
SELECT
    agent_id AS agentId,
    argMax(agent_name, at) AS agentName,
    argMax(agent_version, at) AS agentVersion,
    metric,
    subject,
    toUnixTimestamp64Micro(max(at)) AS atUs,
    argMax(value, at) AS value,
    tupleElement(argMax(tuple(reference), at), 1) AS reference,
    tupleElement(argMax(tuple(statistic), at), 1) AS statistic,
    tupleElement(argMax(tuple(threshold), at), 1) AS threshold,
    argMax(samples, at) AS samples,
    argMax(learning, at) AS learning
FROM detector_scores_v2
WHERE tenant = {tenant:String} AND detector = 'drift' AND ({agentId:String} = '' OR agent_id = {agentId:String})
    AND at >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC') AND at <= fromUnixTimestamp64Micro({untilUs:Int64}, 'UTC')
GROUP BY agent_id, metric, subject
ORDER BY agentId, metric, samples DESC, subject
LIMIT {limit:UInt32}
