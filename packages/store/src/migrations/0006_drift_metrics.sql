-- What a reading is of, what is normal, and the test of the two: drift metrics per agent, and per action of an agent.
ALTER TABLE detector_scores ADD COLUMN IF NOT EXISTS subject String CODEC(ZSTD(1)),
    MODIFY ORDER BY (tenant, agent_id, detector, rule, at, subject);

ALTER TABLE detector_scores ADD COLUMN IF NOT EXISTS reference Nullable(Float64);

ALTER TABLE detector_scores ADD COLUMN IF NOT EXISTS statistic Nullable(Float64);

ALTER TABLE detector_scores ADD COLUMN IF NOT EXISTS samples UInt64;

ALTER TABLE detector_scores ADD COLUMN IF NOT EXISTS agent_name LowCardinality(String);

ALTER TABLE detector_scores ADD COLUMN IF NOT EXISTS agent_version LowCardinality(String);

-- Two subjects of one metric at one time are two readings: without the subject the view would show one of them.
CREATE OR REPLACE VIEW detector_scores_v1 AS
SELECT *
FROM detector_scores
ORDER BY tenant, agent_id, detector, rule, at, subject
LIMIT 1 BY tenant, agent_id, detector, rule, at, subject;

-- By the names of the contract (belay.scores.v1).
CREATE OR REPLACE VIEW detector_scores_v2 AS
SELECT tenant, agent_id, agent_name, agent_version, detector, rule AS metric, subject, at, score AS value, reference, statistic, threshold, samples, learning
FROM detector_scores_v1;
