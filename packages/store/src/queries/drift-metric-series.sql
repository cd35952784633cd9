-- The readings of one agent, newest first: what a plot or a sparkline is made of.
SELECT
    metric,
    subject,
    toUnixTimestamp64Micro(at) AS atUs,
    value,
    reference,
    statistic,
    threshold,
    samples,
    learning
FROM detector_scores_v2
WHERE tenant = {tenant:String} AND detector = 'drift' AND agent_id = {agentId:String}
    AND at >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC') AND at <= fromUnixTimestamp64Micro({untilUs:Int64}, 'UTC')
ORDER BY at DESC, agent_us DESC, metric, subject
LIMIT {limit:UInt32}
