import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ATTR } from './attributes.ts';

const page = readFileSync(new URL('../../../docs/contracts.md', import.meta.url), 'utf8');
const names = Object.values(ATTR);

describe('attribute names', () => {
  it('are distinct, and nothing of ours is under gen_ai', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const [key, name] of Object.entries(ATTR))
      expect(name, key).toMatch(/^(?:belay|gen_ai|mcp|error|server|service|deployment)\.[a-z_.]+$/);
  });

  it.each(names)('%s is explained in docs/contracts.md', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  it('are all that docs/contracts.md speaks of', () => {
    const known = new Set<string>(names);
    const written = [...page.matchAll(/^\| `(belay\.[a-z_.]+)`/gm)].map(([, name]) => name ?? '');
    expect(written.length).toBeGreaterThan(40);
    expect(written.filter((name) => !known.has(name))).toEqual([]);
  });
});
