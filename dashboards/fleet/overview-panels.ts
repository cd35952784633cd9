import { stat } from './panels.ts';
import { ANOMALIES, CONTROL_EVENTS, DECISIONS } from './scope.ts';

/** The numbers at the top. */
export const overviewPanels = (): ReturnType<typeof stat>[] => [
  stat({
    title: 'Agents',
    description: 'Agents that decided something in this window.',
    sql: `SELECT uniqExact(tenant, agent_id) AS agents FROM ${DECISIONS}`,
  }),
  stat({
    title: 'Decisions',
    description: 'Decisions received in this window, each counted once.',
    sql: `SELECT count() AS decisions FROM ${DECISIONS}`,
  }),
  stat({
    title: 'Anomalies',
    description: 'Findings that were not suppressed.',
    sql: `SELECT count() AS anomalies FROM ${ANOMALIES} AND suppressed = ''`,
  }),
  stat({
    title: 'Holds placed',
    description: 'Pauses and kills, by detectors, operators, alerts and budgets.',
    sql: `SELECT count() AS holds FROM ${CONTROL_EVENTS} AND type = 'hold.placed'`,
  }),
  stat({
    title: 'Stops not confirmed',
    description: 'Commands that an agent did not acknowledge in time: look at these first.',
    sql: `SELECT uniqExact(command_id, run_id) AS unconfirmed FROM ${CONTROL_EVENTS} AND type = 'command.unconfirmed'`,
  }),
  stat({
    title: 'Spend',
    description: 'Cost of the decisions of this window, as agents or the price table gave it.',
    sql: `SELECT sum(cost_usd) AS usd FROM ${DECISIONS}`,
    unit: 'currencyUSD',
  }),
];
