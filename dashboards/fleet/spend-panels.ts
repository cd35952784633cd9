import { lines, table } from './panels.ts';
import { DECISIONS } from './scope.ts';

/** What agents cost. */
export const spendPanels = (): ReturnType<typeof lines | typeof table>[] => [
  lines({
    title: 'Spend per agent, USD per hour',
    description: 'The twelve dearest agents of the window.',
    unit: 'currencyUSD',
    sql: `
SELECT $__timeInterval(received) AS time, agent_id AS agent, toFloat64(sum(cost_usd)) * 3600 / $__interval_s AS usd_per_hour
FROM ${DECISIONS} AND isNotNull(cost_usd)
  AND agent_id IN (SELECT agent_id FROM ${DECISIONS} GROUP BY agent_id ORDER BY sum(cost_usd) DESC LIMIT 12)
GROUP BY time, agent ORDER BY time`,
  }),
  table({
    title: 'Spend per agent and model',
    description: 'Exact sums of nano-dollars.',
    sql: `
SELECT agent_id AS agent, if(model_response = '', model_request, model_response) AS model, sum(cost_usd) AS usd,
  sum(input_tokens) AS input_tokens, sum(cache_read_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens, count() AS decisions
FROM ${DECISIONS} AND (isNotNull(cost_usd) OR kind = 'model')
GROUP BY agent, model ORDER BY usd DESC LIMIT 100`,
  }),
];
