// Writes the configuration tables of docs/detectors/*.md from the schemas.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configTables, withoutPadding } from '@belay/detector';

const BEGIN = '<!-- configuration: begin -->';
const END = '<!-- configuration: end -->';
for (const [name, table] of Object.entries(configTables())) {
  const file = join(import.meta.dirname, `../docs/detectors/${name}.md`);
  const page = readFileSync(file, 'utf8');
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${file} has no place for its table: put ${BEGIN} and ${END} where it belongs.`);
  if (withoutPadding(page.slice(from + BEGIN.length, to)) === withoutPadding(table)) continue;
  writeFileSync(file, `${page.slice(0, from + BEGIN.length)}\n${table}\n${page.slice(to)}`);
}
