import { formatDuration, formatUsd } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import type { BacktestReport, RuleCount } from './backtest-report.ts';

export interface PrintOptions {
  readonly terminal: Terminal;
  readonly tookUs: number;
  /** A line per rule instead of one per detector; undefined = neither: a comparison follows. */
  readonly withRules: boolean | undefined;
  readonly out: string | undefined;
}

/** Nothing found in nothing is no good news. */
const NO_DECISION =
  'There was no decision to judge: in a file, spans must follow the OpenTelemetry GenAI conventions (docs/collector.md); of the history, widen --since or --agent.';

/** The summary of a backtest: what went in, what was found, what would have been held. */
export function printBacktest(report: BacktestReport, { terminal, tookUs, withRules, out }: PrintOptions): void {
  const { totals } = report;
  const { colours } = terminal;
  const row = (name: string, value: string): void => terminal.line(`${colours.dim(name.padEnd(11))} ${value}`);
  const rate = Math.round(totals.decisions / Math.max(tookUs / 1e6, 1e-6));
  row(
    'decisions',
    `${totals.decisions} of ${totals.agents} agents in ${totals.sessions} sessions ${colours.dim(`(${formatDuration(tookUs)}, ${rate}/s)`)}`,
  );
  if (totals.firstUs !== undefined && totals.lastUs !== undefined) {
    row(
      'from, to',
      `${isoTime(totals.firstUs)}  ${isoTime(totals.lastUs)}  ${colours.dim(formatDuration(totals.lastUs - totals.firstUs))}`,
    );
  }
  if (totals.skippedSpans > 0) row('skipped', `${totals.skippedSpans} spans that are no decisions`);
  if (totals.badLines > 0) row('bad lines', colours.yellow(String(totals.badLines)));
  for (const [reason, count] of report.rejections) row('rejected', colours.yellow(`${count} spans: ${safeText(reason, 80)}`));
  row(
    'anomalies',
    `${totals.anomalies}; ${colours.bold(String(totals.holds))} would have held ${colours.bold(String(totals.heldAgents))} ${totals.heldAgents === 1 ? 'agent' : 'agents'}`,
  );
  if (totals.holds > 0) row('after that', afterPauseText(totals, terminal));
  if (totals.decisions === 0) terminal.line(colours.yellow(`\n${NO_DECISION}`));
  terminal.line();
  if (withRules === undefined) return;
  if (withRules) printRules([...report.rules.values()], terminal);
  else printRules(byDetector([...report.rules.values()]), terminal);
  if (out !== undefined) terminal.line(colours.dim(`\nAnomalies: ${out}`));
}

/** A backtest pauses nobody: what its agents went on to do would not have happened. */
function afterPauseText({ actionsAfterPause, costAfterPauseNanoUsd }: BacktestReport['totals'], { colours }: Terminal): string {
  const cost = costAfterPauseNanoUsd === 0 ? '' : `, ${formatUsd(costAfterPauseNanoUsd)} saved`;
  const why = colours.dim('(their session, run or agent was held, and nobody lifts a hold here)');
  return `${actionsAfterPause} actions would not have happened${cost} ${why}`;
}

function printRules(rules: readonly RuleCount[], terminal: Terminal): void {
  const rows = rules
    .toSorted((a, b) => b.holds - a.holds || b.anomalies - a.anomalies || a.rule.localeCompare(b.rule))
    .map((rule) => [
      terminal.colours.bold(rule.detector),
      rule.rule,
      String(rule.anomalies),
      String(rule.holds),
      String(rule.suppressed),
      String(rule.agents.size),
    ]);
  printTable(terminal, ['detector', 'rules', 'anomalies', 'would hold', 'suppressed', 'agents'], rows, {
    numeric: [2, 3, 4, 5],
    empty: 'Nothing was found.',
  });
}

/** One line per detector; its rules side by side, those that spoke most first. */
function byDetector(rules: readonly RuleCount[]): RuleCount[] {
  const groups = Map.groupBy(rules, ({ detector }) => detector);
  return [...groups].map(([detector, members]) => ({
    detector,
    rule: members
      .toSorted((a, b) => b.anomalies - a.anomalies)
      .map(({ rule, anomalies }) => `${rule} ${anomalies}`)
      .join(', '),
    anomalies: sum(members, 'anomalies'),
    holds: sum(members, 'holds'),
    notifies: sum(members, 'notifies'),
    suppressed: sum(members, 'suppressed'),
    agents: new Set(members.flatMap(({ agents }) => [...agents])),
  }));
}

const sum = (rules: readonly RuleCount[], field: 'anomalies' | 'holds' | 'notifies' | 'suppressed'): number =>
  rules.reduce((total, rule) => total + rule[field], 0);

const isoTime = (atUs: number): string => new Date(atUs / 1000).toISOString().replace('.000Z', 'Z');
