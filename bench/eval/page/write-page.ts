// node --conditions=belay-source bench/eval/page/write-page.ts [--png]: docs/detection-quality.md and its pictures from bench/results/eval.
// Needs no evaluation data: the same results give the same bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartToSvg, svgToPng } from 'belay';
import { ROOT } from '../eval-folder.ts';
import { readResults } from '../results.ts';
import { qualityCharts } from './quality-charts.ts';
import { qualityPage } from './quality-page.ts';
import { resultsOf } from './quality-results.ts';

const results = resultsOf(readResults(join(ROOT, 'bench/results/eval')));
const pictures = join(ROOT, 'docs/pictures/detection');
mkdirSync(pictures, { recursive: true });
const charts = qualityCharts(results);
for (const { name, spec } of charts) {
  const svg = await chartToSvg(spec);
  writeFileSync(join(pictures, `${name}.svg`), svg);
  if (process.argv.includes('--png')) writeFileSync(join(pictures, `${name}.png`), svgToPng(svg));
}
writeFileSync(join(ROOT, 'docs/detection-quality.md'), qualityPage(results, charts));
