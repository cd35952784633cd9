-- One page of control events, in order of control's clock; copies within the page are left out.
SELECT id, toUnixTimestamp64Micro(at) AS atUs, payload
FROM control_events
WHERE tenant = {tenant:String}
    AND at >= fromUnixTimestamp64Micro({sinceUs:Int64}, 'UTC')
    AND at <= fromUnixTimestamp64Micro({untilUs:Int64}, 'UTC')
    AND type IN {types:Array(String)}
    AND (toUnixTimestamp64Micro(at), id) > ({afterUs:Int64}, {afterId:String})
ORDER BY at, id
LIMIT 1 BY id
LIMIT {limit:UInt32}
