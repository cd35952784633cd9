import type { Command } from 'commander';
import { CANARY_AGENT } from '../canary/canary-agent.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { type DriftAnswer, type DriftMetricView, driftSchema } from '../client/drift-view.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { formatAgo } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import { sparkline } from '../output/sparkline.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { parseCount } from './number-option.ts';

const HOUR_US = 3_600_000_000;
/** From this part of its limit on a test is on its way. */
const NOTABLE = 0.5;
const TREND_CELLS = 24;
/** Actions shown of an agent, among others and alone. */
const ACTIONS_OF_MANY = 3;
const ACTIONS_OF_ONE = 16;
/** What an operator asks for first comes first. */
const ORDER = ['success_rate', 'error_rate', 'approval_rejection_rate', 'cost_per_task', 'action_mix'];

interface DriftOptions extends ConnectionOptions {
  readonly hours: number;
  readonly canary?: boolean;
  readonly json?: boolean;
}

const isOfNoCanary = ({ agentId }: DriftMetricView): boolean => agentId !== CANARY_AGENT;

/** `belay drift`: what agents' tasks are like, against what is normal for them. */
export function addDrift(program: Command, context: CliContext): void {
  withConnection(
    program.command('drift').description("What agents' tasks are like now against what is normal for each, and the test of it"),
  )
    .argument('[agent]', 'only this agent, with the course of each metric')
    .option('--hours <n>', 'look back so far', parseCount(24 * 14), 24)
    .option('--canary', 'the canary as well')
    .option('--json', 'one JSON document')
    .action(async (agent: string | undefined, options: DriftOptions) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const query = new URLSearchParams({
        sinceUs: String(context.clock.nowUs() - options.hours * HOUR_US),
        ...(agent === undefined ? {} : { agentId: agent }),
      });
      const all = readAnswer(driftSchema, await client.get(`/v1/metrics/drift?${query}`), 'drift metrics');
      const answer = agent !== undefined || options.canary ? all : { ...all, metrics: all.metrics.filter(isOfNoCanary) };
      if (options.json) return context.terminal.json(answer);
      printDrift(answer, agent, context);
    });
}

function printDrift({ metrics, series }: DriftAnswer, asked: string | undefined, { terminal, clock }: CliContext): void {
  const agents = new Set(metrics.map(({ agentId }) => agentId));
  const shown = [...agents].toSorted().flatMap((agent) =>
    shownOf(
      metrics.filter(({ agentId }) => agentId === agent),
      agents.size > 1 ? ACTIONS_OF_MANY : ACTIONS_OF_ONE,
    ),
  );
  const rows = shown.map((metric) => [
    ...(agents.size > 1 ? [terminal.colours.bold(safeText(metric.agentId, 32))] : []),
    `${metric.metric.replaceAll('_', ' ')}${metric.subject === '' ? '' : ` ${terminal.colours.dim(safeText(metric.subject, 36))}`}`,
    valueText(metric.metric, metric.value),
    metric.reference === null ? terminal.colours.dim('–') : valueText(metric.metric, metric.reference),
    testText(metric, terminal),
    String(metric.samples),
    trendOf(metric, series),
    terminal.colours.dim(formatAgo(metric.atUs, clock.nowUs())),
  ]);
  const head = [...(agents.size > 1 ? ['agent'] : []), 'metric', 'now', 'normal', 'test', 'of', 'course', 'read'];
  const first = head.length - 6;
  printTable(terminal, head, rows, {
    numeric: [first, first + 1, first + 3],
    empty: `Nothing has been measured${asked === undefined ? '' : ` of ${safeText(asked, 64)}`} in this time: a reading is made once a minute of an agent that acts. --hours looks further back; "belay agents" lists who is known.`,
  });
}

/** The actions of one agent whose success has fallen most, or that it uses most, then its other metrics. */
function shownOf(metrics: readonly DriftMetricView[], actions: number): DriftMetricView[] {
  const isAction = ({ metric }: DriftMetricView): boolean => metric === 'success_rate';
  const fallOf = ({ statistic }: DriftMetricView): number => Math.round(statistic ?? 0);
  const worst = metrics.filter(isAction).toSorted((a, b) => fallOf(b) - fallOf(a) || b.samples - a.samples);
  return [...worst.slice(0, actions), ...metrics.filter((one) => !isAction(one)).toSorted((a, b) => orderOf(a) - orderOf(b))];
}

const orderOf = ({ metric }: DriftMetricView): number => {
  const at = ORDER.indexOf(metric);
  return at < 0 ? ORDER.length : at;
};

function valueText(metric: string, value: number): string {
  if (metric === 'cost_per_task') return `${value.toPrecision(3)} USD`;
  return metric === 'action_mix' ? value.toFixed(2) : `${(100 * value).toFixed(1)} %`;
}

/** How near the test is to its limit: calm, on its way, over it; or what is still to be learnt. */
function testText({ learning, statistic, threshold }: DriftMetricView, { colours }: Terminal): string {
  if (learning) return colours.cyan('learning');
  if (statistic === null || threshold === null) return colours.dim('nothing to test');
  const ratio = statistic / threshold;
  const paint = ratio >= 1 ? colours.red : ratio >= NOTABLE ? colours.yellow : colours.green;
  return paint(`${statistic.toFixed(1)} of ${threshold.toFixed(1)}`);
}

/** Oldest on the left. */
const trendOf = ({ metric, subject }: DriftMetricView, series: DriftAnswer['series']): string =>
  sparkline(
    series
      .filter((one) => one.metric === metric && one.subject === subject)
      .map(({ value }) => value)
      .toReversed(),
    TREND_CELLS,
  );
