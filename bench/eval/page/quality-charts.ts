import type { ChartSpec } from 'belay';
import { curveChart } from './curve-chart.ts';
import { delayChart } from './delay-chart.ts';
import type { QualityResults } from './quality-results.ts';
import { recallChart } from './recall-chart.ts';

/** A picture of the page: its file name without the ending, what it shows in words, and its description. */
export interface QualityChart {
  readonly name: string;
  readonly says: string;
  readonly spec: ChartSpec;
}

/** Every picture that the results allow. */
export function qualityCharts(results: QualityResults): readonly QualityChart[] {
  return [recallChart(results), curveChart(results), delayChart(results)].filter((chart) => chart !== undefined);
}
