import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configTables, withoutPadding } from './config-tables.ts';

const tables = configTables();

test.each(Object.keys(tables))('the table of %s in the documentation is the one its schema gives (npm run generate writes it)', (name) => {
  const page = readFileSync(new URL(`../../../docs/detectors/${name}.md`, import.meta.url), 'utf8');
  const written = page.slice(page.indexOf('configuration: begin -->') + 24, page.indexOf('<!-- configuration: end'));
  expect(withoutPadding(written)).toBe(withoutPadding(tables[name] ?? 'no such table'));
});

test('every setting says what it does, in which unit, with which default', () => {
  for (const table of Object.values(tables)) {
    for (const row of table.split('\n').slice(2)) expect(row).toMatch(/^\| `\w+` \| .{15,} \| .+ \| (`.+`|see each) \|$/);
  }
});
