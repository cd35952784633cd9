import { INK } from 'belay';
import { FIGURES, type Figure } from './figures.ts';
import type { QualityChart } from './quality-charts.ts';
import type { QualityResults } from './quality-results.ts';
import { type Reading, readingAt } from './reading.ts';

interface Bar {
  readonly corpus: string;
  readonly path: string;
  readonly name: string;
}

/** What each corpus is there for, in the order of the page. */
const SHOWN: readonly Bar[] = [
  { corpus: 'loops', path: 'totals/all/scenarios', name: 'loop scenarios passed' },
  { corpus: 'react', path: 'recall_halted', name: 'runs that go in circles' },
  { corpus: 'agentdojo', path: 'all/recall/first_of_kind', name: 'attacks, first of a kind' },
  { corpus: 'agentdojo', path: 'all/recall/repeats', name: 'attacks, repeats' },
  { corpus: 'swe', path: 'crosses_1_usd/recall', name: 'runs that will cost 1 USD' },
  { corpus: 'spend', path: 'incidents/burst/recall', name: 'bursts of spend' },
  { corpus: 'drift', path: 'groups/detectable/detected', name: 'changes of behaviour' },
];

type Row = Readonly<Record<string, string | number>>;

const readingOf = (figure: Figure, metrics: unknown): Reading => readingAt(metrics, figure.path);

function rowsOf({ corpus, path, name }: Bar, { corpora }: QualityResults): Row[] {
  const figure = FIGURES.find((one) => one.corpus === corpus && one.path.join('/') === path);
  const result = corpora.get(corpus);
  if (figure === undefined || result === undefined) return [];
  const judged = [
    ['Belay, capture on', result.on],
    ['Belay, capture off', result.off],
    ['reference', result.floors[figure.floor]],
  ] as const;
  return judged.flatMap(([by, one]) => {
    const reading = readingOf(figure, one?.detectors[figure.detector]?.all);
    if (reading.kind !== 'share') return [];
    return [{ name: `${name} (n ${reading.n})`, by, value: reading.value, low: reading.low, high: reading.high }];
  });
}

const BY = { domain: ['Belay, capture on', 'Belay, capture off', 'reference'], range: [INK.blue, INK.sky, INK.grey] };

/** What is found, with intervals: ours with capture on and off, beside the reference detectors. */
export function recallChart(results: QualityResults): QualityChart | undefined {
  const values = SHOWN.flatMap((bar) => rowsOf(bar, results));
  if (values.length === 0) return undefined;
  const range = (by: string): string => {
    const shares = values.filter((row) => row.by === by).map(({ value }) => Math.round(Number(value)));
    return `${Math.min(...shares)}–${Math.max(...shares)} %`;
  };
  const says = `Belay finds ${range('Belay, capture on')} of what there is to find, by kind; the reference ${range('reference')}`;
  return {
    name: 'found',
    says,
    spec: {
      title: {
        text: says.split('; '),
        subtitle: 'Share found in recorded runs of third-party agents; bars: 95 % intervals (Wilson); n: cases',
      },
      data: { values },
      width: 520,
      height: { step: 13 },
      encoding: {
        y: {
          field: 'name',
          type: 'nominal',
          sort: null,
          title: null,
          axis: { ticks: false, domain: false, labelPadding: 8 },
          scale: { paddingInner: 0.3 },
        },
        yOffset: { field: 'by', sort: BY.domain },
        color: { field: 'by', type: 'nominal', scale: BY },
      },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { x: { field: 'low', type: 'quantitative', title: 'found, %', scale: { domain: [0, 100] } }, x2: { field: 'high' } },
        },
        { mark: { type: 'point', filled: true, size: 70, opacity: 1 }, encoding: { x: { field: 'value', type: 'quantitative' } } },
      ],
    },
  };
}
