import type { SweepPoint, SweepResult } from './run-sweep.ts';
import { findingOf, percent, rateText, sampleOf } from './sweep-text.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:860px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.3rem .8rem;text-align:right;border-bottom:1px solid #e3e5e8}
th:first-child,td:first-child{text-align:left}tr.now{background:#fff3e8;font-weight:600}p,figcaption{color:#5f6368}svg{max-width:100%;height:auto}`;

interface Column {
  readonly title: string;
  readonly cell: (point: SweepPoint) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'alarms', cell: ({ alarms }) => String(alarms) },
  { title: 'pauses', cell: ({ pauses }) => String(pauses) },
  { title: 'agents paused', cell: ({ agentsPaused }) => String(agentsPaused) },
  { title: 'pauses per 1,000 agent-hours', cell: ({ pausesPer1000AgentHours }) => rateText(pausesPer1000AgentHours) },
];

const LABEL_COLUMNS: readonly Column[] = [
  { title: 'false pauses per 1,000 agent-hours', cell: ({ falsePausesPer1000AgentHours }) => rateText(falsePausesPer1000AgentHours) },
  { title: 'caught', cell: ({ labelled }) => String(labelled?.caught ?? '–') },
  { title: 'missed', cell: ({ labelled }) => String(labelled?.missed ?? '–') },
  { title: 'false alarms', cell: ({ labelled }) => String(labelled?.falseAlarms ?? '–') },
  { title: 'precision', cell: ({ labelled }) => percent(labelled?.precision) },
  { title: 'recall', cell: ({ labelled }) => percent(labelled?.recall) },
];

/** The columns of a sweep's table: those of the labels only where there are labels. */
export const sweepColumns = ({ labels }: SweepResult): readonly Column[] => (labels === null ? COLUMNS : [...COLUMNS, ...LABEL_COLUMNS]);

/** `4 (now)`, `3 (best)`. */
export function valueText({ value }: SweepPoint, { present, best }: SweepResult): string {
  const notes = [value === present ? 'now' : '', value === best ? 'best' : ''].filter((note) => note !== '');
  return notes.length === 0 ? String(value) : `${value} (${notes.join(', ')})`;
}

/** A page that needs nothing else: the picture inside, the table below. @param source what was run over. */
export function sweepPage(result: SweepResult, svg: string, source: string): string {
  const columns = sweepColumns(result);
  const head = [`${result.detector}.${result.key}`, ...columns.map(({ title }) => title)].map((title) => `<th>${escaped(title)}</th>`);
  const rows = result.points.map((point) => {
    const cells = [valueText(point, result), ...columns.map(({ cell }) => cell(point))].map((text) => `<td>${escaped(text)}</td>`);
    return `<tr${point.value === result.present ? ' class="now"' : ''}>${cells.join('')}</tr>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sweep of ${escaped(`${result.detector}.${result.key}`)}</title>
<style>${STYLE}</style></head><body>
<h1>${escaped(findingOf(result))}</h1>
<p>${escaped(sampleOf(result))}. Source: ${escaped(source)}. The detector is tried as enforced; an alarm is a finding of it at warning or critical.</p>
<figure style="margin:0">${svg}</figure>
<table><thead><tr>${head.join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
<p>An agent is at work from the start of a decision to its end, and between decisions at most 5 minutes apart. Repeats within a
cool-down are one pause; pauses that the blast-radius breaker would have held back are counted.</p>
</body></html>
`;
}
