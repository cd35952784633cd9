-- One row per copy of a finding: a detector that restarts says it again under the same id. Readers use anomalies_v1.
CREATE TABLE IF NOT EXISTS anomalies
(
    tenant LowCardinality(String),
    agent_id String CODEC(ZSTD(1)),
    id String CODEC(ZSTD(1)),
    -- Platform's clock.
    detected DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    precedence Int64 MATERIALIZED -toUnixTimestamp64Micro(detected) CODEC(DoubleDelta, ZSTD(1)),
    subject_kind LowCardinality(String),
    subject_id String CODEC(ZSTD(1)),
    agent_version LowCardinality(String),
    environment LowCardinality(String),
    run_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    task_id String CODEC(ZSTD(1)),
    detector LowCardinality(String),
    rule LowCardinality(String),
    detector_version UInt64,
    score Float64,
    severity LowCardinality(String),
    explanation String CODEC(ZSTD(3)),
    trigger_decision_id String CODEC(ZSTD(1)),
    evidence_decision_ids Array(String) CODEC(ZSTD(1)),
    -- JSON object.
    evidence_facts String CODEC(ZSTD(3)),
    -- Agent's clock, clamped; trigger_us is what the agent said.
    triggered DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    trigger_us Int64 CODEC(Delta, ZSTD(1)),
    mode LowCardinality(String),
    response LowCardinality(String),
    suppressed LowCardinality(String),
    group_id String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(precedence)
PARTITION BY toDate(detected)
ORDER BY (tenant, agent_id, toStartOfMinute(detected), id)
TTL toDateTime(detected) + INTERVAL 400 DAY
-- Synced before an insert is answered: the log's offset moves on the strength of it.
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW anomalies_v1 AS
SELECT *
FROM anomalies
ORDER BY tenant, agent_id, detected
LIMIT 1 BY tenant, agent_id, id;
