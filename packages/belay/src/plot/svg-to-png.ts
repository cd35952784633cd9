import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

const require = createRequire(import.meta.url);
const FONTS = [require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')];

/** An SVG document as PNG, `scale` pixels to its pixel, on white. Fonts are carried: it looks the same on a machine without any. */
export function svgToPng(svg: string, { scale = 2 }: { readonly scale?: number } = {}): Uint8Array {
  const font = {
    fontFiles: FONTS,
    loadSystemFonts: false,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: scale }, background: '#ffffff' }).render().asPng();
}
