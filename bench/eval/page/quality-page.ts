import type { CorpusResult, Judged } from '../results.ts';
import { FIGURES, type Figure } from './figures.ts';
import { curveSection, nabSection, pausesSection } from './page-sections.ts';
import { ABOUT, CORPUS_NOTES, LIMITS, REPEAT, TUNED } from './page-texts.ts';
import type { QualityChart } from './quality-charts.ts';
import type { QualityResults } from './quality-results.ts';
import { plainText, readingAt, readingText } from './reading.ts';

/** `docs/detection-quality.md`. Pure: the same results give the same text. */
export function qualityPage(results: QualityResults, charts: readonly QualityChart[]): string {
  const picture = (name: string): string[] =>
    charts.filter((chart) => chart.name === name).map(({ says }) => `![${says}](pictures/detection/${name}.svg)\n`);
  const parts = [
    ABOUT,
    ...picture('found'),
    '## By corpus\n',
    ...[...new Set(FIGURES.map(({ corpus }) => corpus))].flatMap((corpus) => [
      section(corpus, results),
      ...(corpus === 'agentdojo' ? [...picture('novel-endpoint-curve'), curveSection(results)] : []),
      ...(corpus === 'spend' ? picture('spend-delay') : []),
    ]),
    nabSection(results),
    pausesSection(results),
    TUNED,
    LIMITS,
    REPEAT,
    provenance(results),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

const COLUMNS = ['figure', 'capture on', 'capture off', 'half a', 'half b', 'reference', 'prototype', 'target'];

function section(corpus: string, { corpora }: QualityResults): string {
  const note = CORPUS_NOTES[corpus] ?? '';
  const result = corpora.get(corpus);
  if (result === undefined) return `### ${corpus}\n\n${note}\n\nNot measured.\n`;
  const rows = FIGURES.filter((figure) => figure.corpus === corpus).map((figure) => `| ${rowOf(figure, result).join(' | ')} |`);
  const config = result.config === 'as shipped' ? 'as shipped' : `[${result.config}](../${result.config})`;
  return [
    `### ${corpus}\n`,
    `${note} ${result.units} ${corpus === 'spend' ? 'agents' : 'units'}, ${result.decisions} decisions; configuration: ${config}.\n`,
    `| ${COLUMNS.join(' | ')} |`,
    `|${COLUMNS.map(() => '---').join('|')}|`,
    ...rows,
    ...failedScenarios(result),
    '',
  ].join('\n');
}

function rowOf({ title, detector, path, floor, prototype, target }: Figure, { on, off, floors }: CorpusResult): string[] {
  const at = (judged: Judged | undefined, part: 'all' | 'a' | 'b') => readingAt(judged?.detectors[detector]?.[part], path);
  return [
    title,
    `**${readingText(at(on, 'all'))}**`,
    plainText(at(off, 'all')),
    plainText(at(on, 'a')),
    plainText(at(on, 'b')),
    plainText(at(floors[floor], 'all')),
    prototype,
    target,
  ];
}

function failedScenarios({ on }: CorpusResult): string[] {
  const all = on.detectors.loop?.all;
  const failed = typeof all === 'object' && all !== null && 'failed' in all ? (all.failed as string[]) : [];
  return failed.length === 0 ? [] : ['', `Scenarios that fail: ${failed.join(', ')}. The page of [loop](detectors/loop.md) says why.`];
}

function provenance({ corpora, curve, nab }: QualityResults): string {
  const runs = [
    ...corpora.values(),
    ...(curve === undefined ? [] : [{ ...curve, corpus: 'agentdojo (curve)' }]),
    ...(nab === undefined ? [] : [{ ...nab, corpus: 'nab' }]),
  ];
  const rows = runs
    .toSorted((a, b) => a.corpus.localeCompare(b.corpus))
    .map((run) => {
      const seconds = 'on' in run ? `${run.on.seconds} / ${run.off.seconds}` : 'seconds' in run ? String(run.seconds) : '';
      return `| ${run.corpus} | ${run.measured.slice(0, 16).replace('T', ' ')} | ${run.commit} | ${run.node} | ${run.machine.cpu}, ${run.machine.cores} cores | ${seconds} |`;
    });
  return [
    '## Measured when, on what\n',
    '| corpus | UTC | commit | Node | machine | seconds, capture on / off |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
