import { Error as ERROR_LEVEL, parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { chartTheme } from './chart-theme.ts';

/** A picture as Vega-Lite describes it (https://vega.github.io/vega-lite/docs/spec.html), with its data inside. */
export type ChartSpec = TopLevelSpec;

/**
 * The picture as an SVG document in the look of the house. Pure: the same description gives the same bytes, on any machine, because texts are
 * measured by rule and not by the fonts that happen to be there.
 */
export async function chartToSvg(spec: ChartSpec): Promise<string> {
  const view = new View(parse(compile(spec, { config: chartTheme }).spec), { renderer: 'none', logLevel: ERROR_LEVEL });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
