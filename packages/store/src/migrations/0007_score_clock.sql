-- Readings are placed by when the platform took what they were made of, as everything else is; the agent's own time is a column. So a recording
-- of last year can be replayed and looked at, and an agent's clock neither ages nor spreads its readings.
ALTER TABLE detector_scores ADD COLUMN IF NOT EXISTS agent_us Int64,
    MODIFY ORDER BY (tenant, agent_id, detector, rule, at, subject, agent_us);

CREATE OR REPLACE VIEW detector_scores_v1 AS
SELECT *
FROM detector_scores
ORDER BY tenant, agent_id, detector, rule, at, subject, agent_us
LIMIT 1 BY tenant, agent_id, detector, rule, at, subject, agent_us;

CREATE OR REPLACE VIEW detector_scores_v2 AS
SELECT tenant, agent_id, agent_name, agent_version, detector, rule AS metric, subject, at, agent_us, score AS value, reference, statistic, threshold,
    samples, learning
FROM detector_scores_v1;
