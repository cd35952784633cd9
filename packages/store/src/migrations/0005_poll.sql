-- Whether the author declares that repeating the call is its purpose: without it a backtest over history would take every poll for a loop.
ALTER TABLE decisions ADD COLUMN IF NOT EXISTS poll Nullable(Bool) AFTER attempt;

-- A view shows the columns that its table had when it was made.
CREATE OR REPLACE VIEW decisions_v1 AS
SELECT concat(trace_id, ':', span_id) AS id, *
FROM decisions
ORDER BY tenant, agent_id, received
LIMIT 1 BY tenant, agent_id, trace_id, span_id;

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
