-- One row per received copy of a decision. Readers use decisions_v1, which shows the first copy of each identity.
-- Partition, TTL and sorting use the collector's clock (received), never the agent's.
CREATE TABLE IF NOT EXISTS decisions
(
    tenant LowCardinality(String),
    agent_id String CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    received DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- ReplacingMergeTree keeps the largest: the earliest copy of the record stands, a later one cannot rewrite it.
    precedence Int64 MATERIALIZED -toUnixTimestamp64Micro(received) CODEC(DoubleDelta, ZSTD(1)),
    agent_name LowCardinality(String),
    agent_version LowCardinality(String),
    environment LowCardinality(String),
    run_id String CODEC(ZSTD(1)),
    seq Nullable(UInt64) CODEC(Delta, ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    root_session_id String CODEC(ZSTD(1)),
    turn Nullable(UInt64),
    task_id String CODEC(ZSTD(1)),
    task_name LowCardinality(String),
    plan_id String CODEC(ZSTD(1)),
    plan_step Nullable(UInt64),
    plan_steps Nullable(UInt64),
    kind LowCardinality(String),
    -- Agent's clock, clamped to what the type can hold; start_us is what the agent said.
    start DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    start_us Int64 CODEC(Delta, ZSTD(1)),
    duration_us UInt64 CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    intent String CODEC(ZSTD(3)),
    reasoning_span_id String CODEC(ZSTD(1)),
    call_name LowCardinality(String),
    effect LowCardinality(String),
    tier Nullable(UInt8),
    reversible Nullable(Bool),
    sensitivity LowCardinality(String),
    max_impact_rows Nullable(UInt64),
    max_impact_usd Nullable(Float64),
    max_impact_recipients Nullable(UInt64),
    confidence Nullable(Float64),
    attempt Nullable(UInt64),
    retry_of String CODEC(ZSTD(1)),
    call_digest String CODEC(ZSTD(1)),
    call_sketch String CODEC(ZSTD(1)),
    destinations Array(String) CODEC(ZSTD(1)),
    features String CODEC(ZSTD(3)),
    arguments_preview String CODEC(ZSTD(3)),
    arguments_bytes Nullable(UInt64),
    call_id String CODEC(ZSTD(1)),
    policy_verdict LowCardinality(String),
    policy_action LowCardinality(String),
    policy_rule_id LowCardinality(String),
    policy_version LowCardinality(String),
    policy_reason String CODEC(ZSTD(3)),
    approval_ticket_id String CODEC(ZSTD(1)),
    approval_status LowCardinality(String),
    approval_wait_ms Nullable(UInt64),
    approvers Array(String) CODEC(ZSTD(1)),
    outcome_status LowCardinality(String),
    error_type LowCardinality(String),
    error_class LowCardinality(String),
    result_digest String CODEC(ZSTD(1)),
    result_bytes Nullable(UInt64),
    result_preview String CODEC(ZSTD(3)),
    result_empty Nullable(Bool),
    outcome_summary String CODEC(ZSTD(3)),
    affected Nullable(UInt64),
    mentions Array(String) CODEC(ZSTD(1)),
    divergence_score Nullable(Float64),
    divergence_reasons Array(String) CODEC(ZSTD(1)),
    input_tokens Nullable(UInt64),
    output_tokens Nullable(UInt64),
    cache_read_tokens Nullable(UInt64),
    cache_creation_tokens Nullable(UInt64),
    reasoning_tokens Nullable(UInt64),
    cost_usd Nullable(Decimal(18, 9)) CODEC(ZSTD(1)),
    estimated_cost_usd Nullable(Decimal(18, 9)) CODEC(ZSTD(1)),
    budget_id String CODEC(ZSTD(1)),
    budget_remaining_usd Nullable(Decimal(18, 9)) CODEC(ZSTD(1)),
    budget_remaining_tokens Nullable(Int64),
    budget_remaining_calls Nullable(Int64),
    model_provider LowCardinality(String),
    model_request LowCardinality(String),
    model_response LowCardinality(String),
    context_condensed Nullable(Bool),
    control_state LowCardinality(String),
    control_command_id String CODEC(ZSTD(1)),
    source LowCardinality(String),
    INDEX decisions_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX decisions_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX decisions_root_session root_session_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(precedence)
PARTITION BY toDate(received)
ORDER BY (tenant, agent_id, toStartOfMinute(received), trace_id, span_id)
TTL toDateTime(received) + INTERVAL 90 DAY
-- Synced before an insert is answered: the log's offset moves on the strength of it.
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW decisions_v1 AS
SELECT concat(trace_id, ':', span_id) AS id, *
FROM decisions
ORDER BY tenant, agent_id, received
LIMIT 1 BY tenant, agent_id, trace_id, span_id;

-- The same for a window of received time (integer microseconds, both ends included): reads the window and the day before it, so a repeat
-- that comes more than a day after its original counts in its own window too.
CREATE OR REPLACE VIEW decisions_between_v1 AS
SELECT *
FROM
(
    SELECT concat(trace_id, ':', span_id) AS id, *
    FROM decisions
    WHERE received >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') - INTERVAL 1 DAY
        AND received <= fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
    ORDER BY tenant, agent_id, received
    LIMIT 1 BY tenant, agent_id, trace_id, span_id
)
WHERE received >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC');
