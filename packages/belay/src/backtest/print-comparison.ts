import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { wrapText } from '../output/wrap-text.ts';
import type { Change } from './backtest-diff.ts';
import type { BacktestPlan } from './backtest-plan.ts';
import type { BacktestReport } from './backtest-report.ts';
import type { Comparison } from './run-backtest.ts';

/** Stories of each kind that are shown; `--json` has all. */
const SHOWN = 20;
const EVIDENCE_SHOWN = 3;

const OUTCOMES = { none: 'recorded', notify: 'notified', pause: 'paused', kill: 'killed' } as const;

/** What the proposed configuration would have done, beside the present one. */
export function printComparison(
  report: BacktestReport,
  { present, diff }: Comparison,
  { plan, terminal }: { readonly plan: BacktestPlan; readonly terminal: Terminal },
): void {
  const { colours } = terminal;
  terminal.line(`${colours.dim('present    ')} ${safeText(plan.present?.name ?? '', 100)}`);
  terminal.line(`${colours.dim('proposed   ')} ${safeText(plan.proposed.name, 100)}`);
  terminal.line();
  printRules(present, report, terminal);
  terminal.line();
  printChanges('Would be new', '+', diff.added, terminal);
  printChanges('Would be gone', '−', diff.gone, terminal);
  const shifts = [...(diff.earlier > 0 ? [`${diff.earlier} earlier`] : []), ...(diff.later > 0 ? [`${diff.later} later`] : [])];
  terminal.line(`${colours.bold('The same')}: ${diff.same}${shifts.length === 0 ? '' : ` (${shifts.join(', ')})`}`);
  if (diff.untold > 0) terminal.line(colours.yellow(`${diff.untold} more findings were not compared: there are too many different ones.`));
}

function printRules(present: BacktestReport, proposed: BacktestReport, terminal: Terminal): void {
  const keys = [...new Set([...present.rules.keys(), ...proposed.rules.keys()])].toSorted();
  const rows = keys.map((key) => {
    const [before, after] = [present.rules.get(key), proposed.rules.get(key)];
    const { detector, rule } = after ?? before ?? { detector: key, rule: '' };
    const pair = (field: 'holds' | 'notifies' | 'anomalies'): string => change(before?.[field] ?? 0, after?.[field] ?? 0, terminal);
    return [
      terminal.colours.bold(detector),
      rule,
      pair('holds'),
      pair('notifies'),
      pair('anomalies'),
      String((after ?? before)?.agents.size ?? 0),
    ];
  });
  const totals = (field: 'holds' | 'notifies' | 'anomalies'): string => change(present.totals[field], proposed.totals[field], terminal);
  const all = ['all', '', totals('holds'), totals('notifies'), totals('anomalies'), ''];
  printTable(terminal, ['detector', 'rule', 'would pause', 'would notify', 'found', 'agents'], rows.length === 0 ? [] : [...rows, all], {
    numeric: [2, 3, 4, 5],
    empty: 'Neither configuration finds anything.',
  });
}

const change = (before: number, after: number, { colours }: Terminal): string =>
  before === after ? String(after) : `${before} → ${(after > before ? colours.yellow : colours.green)(String(after))}`;

function printChanges(title: string, sign: string, changes: readonly Change[], terminal: Terminal): void {
  const { colours } = terminal;
  terminal.line(`${colours.bold(title)}: ${changes.length}`);
  for (const one of changes.slice(0, SHOWN)) {
    const when = new Date(one.atUs / 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    const where = one.sessionId === undefined ? '' : colours.dim(` in ${safeText(one.sessionId, 40)}`);
    const outcome = `${OUTCOMES[one.present]} → ${colours.yellow(OUTCOMES[one.proposed])}`;
    terminal.line(`  ${sign} ${when}  ${colours.bold(safeText(one.agentId, 40))}${where}  ${one.detector} ${one.rule}  ${outcome}`);
    for (const line of wrapText(safeText(one.explanation, 400), terminal.columns - 6)) terminal.line(`      ${colours.dim(line)}`);
    if (one.decisionIds.length > 0) terminal.line(`      ${colours.dim(`evidence: ${one.decisionIds.slice(-EVIDENCE_SHOWN).join(' ')}`)}`);
  }
  if (changes.length > SHOWN) terminal.line(colours.dim(`  … and ${changes.length - SHOWN} more: --json has them all.`));
}
