-- Delays of automatic stops, ms. Detected and placed are on the platform's clocks; acknowledgements count when control recorded them, so
-- the figures include the way back and no agent's clock. One sample per command and run.
WITH
    placed AS
    (
        SELECT command_id, min(at) AS placed_at, any(cause_ref) AS anomaly_id
        FROM control_events_v1
        WHERE tenant = {tenant:String} AND type = 'hold.placed' AND cause_kind = 'anomaly'
            AND at >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC') AND at <= fromUnixTimestamp64Micro({untilUs:Int64}, 'UTC')
        GROUP BY command_id
    ),
    acks AS
    (
        SELECT command_id, run_id, minIf(at, ack_state IN ('applied', 'confirmed')) AS applied_at,
            minIf(at, ack_state = 'confirmed') AS confirmed_at, countIf(ack_state = 'confirmed') > 0 AS is_confirmed
        FROM control_events_v1
        WHERE tenant = {tenant:String} AND type = 'ack' AND ack_state IN ('applied', 'confirmed')
        GROUP BY command_id, run_id
    ),
    found AS
    (
        SELECT id, detected FROM anomalies_v1 WHERE tenant = {tenant:String}
    ),
    stops AS
    (
        SELECT
            if(found.id = '', NULL, dateDiff('microsecond', found.detected, placed.placed_at) / 1000) AS detected_to_placed,
            dateDiff('microsecond', placed.placed_at, acks.applied_at) / 1000 AS placed_to_applied,
            if(acks.is_confirmed, dateDiff('microsecond', placed.placed_at, acks.confirmed_at) / 1000, NULL) AS placed_to_confirmed
        FROM placed
        INNER JOIN acks ON acks.command_id = placed.command_id
        LEFT JOIN found ON found.id = placed.anomaly_id
    )
SELECT
    count() AS stops,
    countIf(isNotNull(placed_to_confirmed)) AS confirmed,
    quantileExactOrNull(0.5)(detected_to_placed) AS detectedToPlacedP50Ms,
    quantileExactOrNull(0.99)(detected_to_placed) AS detectedToPlacedP99Ms,
    quantileExactOrNull(0.5)(placed_to_applied) AS placedToAppliedP50Ms,
    quantileExactOrNull(0.99)(placed_to_applied) AS placedToAppliedP99Ms,
    quantileExactOrNull(0.5)(placed_to_confirmed) AS placedToConfirmedP50Ms,
    quantileExactOrNull(0.99)(placed_to_confirmed) AS placedToConfirmedP99Ms
FROM stops
