// Terminal output (ANSI, standard input) → SVG: node scripts/terminal-picture.ts FILE.svg [TITLE] < OUTPUT
// For example: FORCE_COLOR=1 npx belay demo --exit-after-demo | node scripts/terminal-picture.ts docs/pictures/stopped.svg
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type StyledChar, styledCharsFromTokens, tokenize } from '@alcalzone/ansi-tokenize';

const CELL = { width: 8, height: 19 };
const MARGIN = 18;
const BAR = 34;
const INK = '#d7dae0';
const PAPER = '#16181d';
/** SGR code → colour, readable on dark paper. */
const COLOURS: Readonly<Record<string, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#f2cc60',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
};
/** Drawn as rectangles: fonts leave gaps between such characters. */
const SHADES: Readonly<Record<string, number>> = { '█': 1, '▓': 0.75, '▒': 0.5, '░': 0.28 };

interface Look {
  readonly fill: string;
  readonly opacity: number;
  readonly weight: string;
}

function lookOf({ styles }: StyledChar): Look {
  const codes = styles.flatMap(({ code }) => code.slice(2, -1).split(';'));
  const colour = codes.map((code) => COLOURS[code]).find((found) => found !== undefined);
  return { fill: colour ?? INK, opacity: codes.includes('2') ? 0.6 : 1, weight: codes.includes('1') ? 'bold' : 'normal' };
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function drawLine(line: string, row: number): string {
  const chars = styledCharsFromTokens(tokenize(line));
  const y = MARGIN + BAR + row * CELL.height;
  const parts: string[] = [];
  for (let at = 0; at < chars.length; ) {
    const first = chars[at];
    if (first === undefined) break;
    const look = lookOf(first);
    let end = at + 1;
    const isShade = first.value in SHADES;
    while (end < chars.length && sameRun(first, chars[end], look, isShade)) end += 1;
    const x = MARGIN + at * CELL.width;
    const text = chars
      .slice(at, end)
      .map(({ value }) => value)
      .join('');
    parts.push(isShade ? drawShade(first.value, { x, y, width: (end - at) * CELL.width }, look) : drawText(text, { x, y }, look));
    at = end;
  }
  return parts.join('');
}

function sameRun(first: StyledChar, next: StyledChar | undefined, look: Look, isShade: boolean): boolean {
  if (next === undefined) return false;
  if (isShade || next.value in SHADES) return isShade && next.value === first.value && sameLook(look, lookOf(next));
  return sameLook(look, lookOf(next));
}

const sameLook = (a: Look, b: Look): boolean => a.fill === b.fill && a.opacity === b.opacity && a.weight === b.weight;

const drawShade = (shade: string, at: { x: number; y: number; width: number }, { fill }: Look): string =>
  `<rect x="${at.x}" y="${at.y - 12}" width="${at.width}" height="14" fill="${fill}" opacity="${SHADES[shade]}"/>`;

function drawText(text: string, { x, y }: { x: number; y: number }, { fill, opacity, weight }: Look): string {
  if (text.trim() === '') return '';
  const style = `fill="${fill}"${opacity === 1 ? '' : ` opacity="${opacity}"`}${weight === 'normal' ? '' : ` font-weight="${weight}"`}`;
  return `<text x="${x}" y="${y}" ${style} textLength="${[...text].length * CELL.width}" lengthAdjust="spacingAndGlyphs">${xml(text)}</text>`;
}

function drawTerminal(lines: readonly string[], title: string): string {
  const columns = Math.max(40, ...lines.map((line) => styledCharsFromTokens(tokenize(line)).length));
  const width = columns * CELL.width + 2 * MARGIN;
  const height = lines.length * CELL.height + 2 * MARGIN + BAR - 12;
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${MARGIN + 4 + index * 18}" cy="18" r="5.5" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(title)}"`,
    ' font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="13" xml:space="preserve">',
    `<title>${xml(title)}</title><rect width="${width}" height="${height}" rx="10" fill="${PAPER}"/>${dots.join('')}`,
    ...lines.map(drawLine),
    '</svg>\n',
  ].join('\n');
}

const [path, title = 'Belay stops two agents of the sample fleet'] = process.argv.slice(2);
if (path === undefined) throw new Error('Usage: node scripts/terminal-picture.ts FILE.svg [TITLE] < OUTPUT');
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, drawTerminal(lines, title));
