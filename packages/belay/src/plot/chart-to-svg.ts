import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { chartTheme } from './chart-theme.ts';

/** A picture as Vega-Lite describes it (https://vega.github.io/vega-lite/docs/spec.html), with its data inside. */
export type ChartSpec = TopLevelSpec;

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** Exported by Vega for those who measure texts themselves, but missing from its types. */
const { textMetrics } = vega as unknown as { readonly textMetrics: { width: (item: TextItem, text: unknown) => number } };

/** Mean width of a character of DejaVu Sans, em. */
const [REGULAR_EM, BOLD_EM] = [0.6, 0.68];

// Otherwise widths depend on whether a canvas library and which fonts happen to be on the machine.
textMetrics.width = ({ fontSize = 11, fontWeight }, text) =>
  Math.round(String(text ?? '').length * fontSize * (fontWeight === 'bold' ? BOLD_EM : REGULAR_EM));

/** The picture as an SVG document in the look of the house. Pure: the same description gives the same bytes, on any machine. */
export async function chartToSvg(spec: ChartSpec): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec, { config: chartTheme }).spec), { renderer: 'none', logLevel: vega.Error });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
