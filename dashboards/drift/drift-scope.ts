/** What drift measured in the window shown, each reading once, of the tenant and agents chosen. */
export const READINGS = `detector_scores_v2
WHERE detector = 'drift' AND $__timeFilter(at) AND tenant IN (\${tenant:singlequote})
  AND $__conditionalAll(agent_id IN (\${agent:singlequote}), $agent)`;

/** What drift found in it, on the same choice. */
export const DRIFTS = `anomalies_v1
WHERE detector = 'drift' AND $__timeFilter(detected) AND tenant IN (\${tenant:singlequote})
  AND $__conditionalAll(agent_id IN (\${agent:singlequote}), $agent)`;
