import { INK } from 'belay';
import { FIGURES } from './figures.ts';
import type { QualityChart } from './quality-charts.ts';
import type { QualityResults } from './quality-results.ts';
import { readingAt } from './reading.ts';

const BY = { domain: ['Belay', 'reference', 'target'], range: [INK.blue, INK.grey, INK.orange] };

/** Seconds from the start of an injected incident of spend to the alarm. */
export function delayChart({ corpora }: QualityResults): QualityChart | undefined {
  const result = corpora.get('spend');
  const figures = FIGURES.filter(({ corpus, path }) => corpus === 'spend' && path.at(-1) === 'delay_seconds');
  if (result === undefined) return undefined;
  const values = figures.flatMap(({ title, path, detector, target }) => {
    const name = title.replace(': seconds, median', '');
    const medianBy = (by: string, metrics: unknown) => {
      const reading = readingAt(metrics, path);
      return reading.kind === 'median' ? [{ name, by, seconds: reading.value }] : [];
    };
    return [
      ...medianBy('Belay', result.on.detectors[detector]?.all),
      ...medianBy('reference', result.floors.always?.detectors[detector]?.all),
      { name, by: 'target', seconds: Number(target.replace('≤ ', '')) },
    ];
  });
  const ours = values.filter(({ by }) => by === 'Belay').map(({ seconds }) => seconds);
  if (ours.length === 0) return undefined;
  const says = `Injected spend is found after ${Math.round(Math.min(...ours))} s (burst) to ${Math.round(Math.max(...ours))} s (slow ramp)`;
  return {
    name: 'spend-delay',
    says,
    spec: {
      title: { text: says, subtitle: 'Median over 5 injected copies of each kind in each request trace; 0 s = the incident begins' },
      data: { values },
      width: 520,
      height: { step: 38 },
      encoding: {
        y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false, labelPadding: 8, grid: true } },
        x: { field: 'seconds', type: 'quantitative', title: 'seconds to the alarm (log scale)', scale: { type: 'log', domainMin: 1 } },
        color: { field: 'by', type: 'nominal', scale: BY },
        shape: { field: 'by', type: 'nominal', scale: { domain: BY.domain, range: ['circle', 'square', 'diamond'] } },
      },
      mark: { type: 'point', filled: true, size: 110, opacity: 1 },
    },
  };
}
