-- What happened in control: holds, acknowledgements, run states. Readers use control_events_v1.
CREATE TABLE IF NOT EXISTS control_events
(
    tenant LowCardinality(String),
    agent_id String CODEC(ZSTD(1)),
    id String CODEC(ZSTD(1)),
    -- Control's clock.
    at DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    precedence Int64 MATERIALIZED -toUnixTimestamp64Micro(at) CODEC(DoubleDelta, ZSTD(1)),
    type LowCardinality(String),
    actor LowCardinality(String),
    epoch Nullable(UInt64),
    command_id String CODEC(ZSTD(1)),
    run_id String CODEC(ZSTD(1)),
    hold_id String CODEC(ZSTD(1)),
    hold_action LowCardinality(String),
    hold_scope LowCardinality(String),
    hold_scope_id String CODEC(ZSTD(1)),
    cause_kind LowCardinality(String),
    cause_ref String CODEC(ZSTD(1)),
    reason String CODEC(ZSTD(3)),
    ack_state LowCardinality(String),
    -- Agent's clock, as the agent said.
    ack_at_us Nullable(Int64),
    last_started_seq Nullable(UInt64),
    in_flight Nullable(UInt64),
    run_from LowCardinality(String),
    run_to LowCardinality(String),
    detector LowCardinality(String),
    mode LowCardinality(String),
    -- The whole event, JSON: what later versions add is kept before it gets a column.
    payload String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(precedence)
PARTITION BY toDate(at)
ORDER BY (tenant, agent_id, toStartOfMinute(at), id)
TTL toDateTime(at) + INTERVAL 400 DAY
-- Synced before an insert is answered: the log's offset moves on the strength of it.
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW control_events_v1 AS
SELECT *
FROM control_events
ORDER BY tenant, agent_id, at
LIMIT 1 BY tenant, agent_id, id;
