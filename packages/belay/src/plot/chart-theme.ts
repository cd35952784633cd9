import type { Config } from 'vega-lite';

/** Colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008, https://jfly.uni-koeln.de/color/). */
export const INK = {
  text: '#1a1a1a',
  quiet: '#5f6368',
  grid: '#e3e5e8',
  blue: '#0072b2',
  orange: '#d55e00',
  green: '#009e73',
  sky: '#56b4e9',
  yellow: '#e69f00',
  pink: '#cc79a7',
  grey: '#8a8f98',
} as const;

/** The face that is carried for PNGs first, so that both forms look alike where it is installed. */
const FONT = 'DejaVu Sans, Verdana, Helvetica, Arial, sans-serif';

/** One look for every picture: white ground (it is read in dark pages too), few lines, titles at the left. */
export const chartTheme: Config = {
  background: '#ffffff',
  padding: 16,
  font: FONT,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    color: INK.text,
    fontSize: 15,
    fontWeight: 'bold',
    subtitleColor: INK.quiet,
    subtitleFontSize: 11.5,
    subtitlePadding: 5,
    subtitleLineHeight: 16,
    lineHeight: 20,
    offset: 14,
  },
  axis: {
    labelColor: INK.text,
    titleColor: INK.quiet,
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 11.5,
    gridColor: INK.grid,
    domainColor: INK.grey,
    tickColor: INK.grey,
    labelLimit: 420,
  },
  legend: {
    orient: 'top',
    direction: 'horizontal',
    labelColor: INK.text,
    labelFontSize: 11.5,
    title: null,
    offset: 6,
    symbolSize: 90,
    columnPadding: 18,
    labelLimit: 320,
  },
  header: { labelColor: INK.text, titleColor: INK.quiet },
};
