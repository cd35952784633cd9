-- Sampled scores for plots: how near an agent is to an alarm. No identity, no promise of completeness.
CREATE TABLE IF NOT EXISTS detector_scores
(
    tenant LowCardinality(String),
    agent_id String CODEC(ZSTD(1)),
    detector LowCardinality(String),
    rule LowCardinality(String),
    at DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    score Float64,
    threshold Nullable(Float64),
    learning Bool
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(at)
ORDER BY (tenant, agent_id, detector, rule, at)
TTL toDateTime(at) + INTERVAL 14 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE OR REPLACE VIEW detector_scores_v1 AS
SELECT *
FROM detector_scores
ORDER BY tenant, agent_id, detector, rule, at
LIMIT 1 BY tenant, agent_id, detector, rule, at;
