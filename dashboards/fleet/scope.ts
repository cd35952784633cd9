/** Decisions of the window shown, each once, of the tenant, environments and agents chosen. */
export const DECISIONS = `decisions_between_v1(since_us = \${__from}000, until_us = \${__to}000)
WHERE tenant IN (\${tenant:singlequote}) AND environment IN (\${environment:singlequote})
  AND $__conditionalAll(agent_id IN (\${agent:singlequote}), $agent)`;

/** Anomalies of the window shown, each once, of the same choice. */
export const ANOMALIES = `anomalies_v1
WHERE $__timeFilter(detected) AND tenant IN (\${tenant:singlequote}) AND environment IN (\${environment:singlequote})
  AND $__conditionalAll(agent_id IN (\${agent:singlequote}), $agent)`;

/** Events of control of the window shown, each once; they know no environment. */
export const CONTROL_EVENTS = `control_events_v1
WHERE $__timeFilter(at) AND tenant IN (\${tenant:singlequote})
  AND $__conditionalAll(agent_id IN (\${agent:singlequote}), $agent)`;
