import { describe, expect, it } from 'vitest';
import { INK } from './chart-theme.ts';
import { type ChartSpec, chartToSvg } from './chart-to-svg.ts';
import { svgToPng } from './svg-to-png.ts';

const spec: ChartSpec = {
  title: 'Pauses fall <fast> & far',
  data: { values: [1, 2, 3].map((value) => ({ value, pauses: 10 / value })) },
  width: 200,
  height: 100,
  mark: { type: 'line', color: INK.blue },
  encoding: { x: { field: 'value', type: 'quantitative' }, y: { field: 'pauses', type: 'quantitative', title: 'pauses per hour' } },
};

/** Width and height as the header of a PNG says them. */
const sizeOf = (png: Uint8Array): [number, number] => {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
};

describe('chartToSvg', () => {
  it('gives the same bytes for the same description, in the look of the house, with texts escaped', async () => {
    const svg = await chartToSvg(spec);
    expect(await chartToSvg(structuredClone(spec))).toBe(svg);
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('DejaVu Sans');
    expect(svg).toContain('Pauses fall &lt;fast&gt; &amp; far');
    expect(svg).toContain('pauses per hour');
  });
});

describe('svgToPng', () => {
  it('is a PNG of twice the size, in which the texts are drawn', async () => {
    const svg = await chartToSvg(spec);
    const [width = 0, height = 0] = /width="(\d+)" height="(\d+)"/.exec(svg)?.slice(1).map(Number) ?? [];
    const png = svgToPng(svg);
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(sizeOf(png)).toEqual([2 * width, 2 * height]);
    const withoutTexts = svgToPng(svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, ''));
    expect(png.length).toBeGreaterThan(withoutTexts.length + 500);
  });

  it('takes another scale', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20"/></svg>';
    expect(sizeOf(svgToPng(svg, { scale: 1 }))).toEqual([30, 20]);
  });
});
