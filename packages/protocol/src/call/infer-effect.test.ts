import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferEffect } from './infer-effect.ts';
import { sketchOf } from './sketch.ts';
import { DESTRUCTIVE_VERBS, READ_VERBS, WRITE_VERBS } from './verbs.ts';
import { wordsOf } from './words.ts';

describe('the effect inferred from a tool name', () => {
  it.each([
    ['get_order', 'read'],
    ['getOrder', 'read'],
    ['GetHTTPStatus', 'read'],
    ['list-files', 'read'],
    ['github.search_issues', 'read'],
    ['mcp__github__list_issues', 'read'],
    ['delete_service__get_status', 'read'],
    ['search', 'read'],
    ['send_email', 'write'],
    ['createInvoice', 'write'],
    ['fs/write_file', 'write'],
    ['bash', 'write'],
    ['frobnicate', 'write'],
    ['', 'write'],
    ['delete_file', 'destructive'],
    ['mcp__db__dropTable', 'destructive'],
    ['get_and_delete', 'destructive'],
    ['issue_refund', 'destructive'],
    ['send_money_transfer', 'destructive'],
    ['rm', 'destructive'],
    ['send_money', 'destructive'],
    ['get_money', 'read'],
    ['transfer_to_human_agents', 'write'],
    ['transfer_to_savings', 'destructive'],
    ['weather', 'read'],
    ['getter_setter', 'write'],
  ])('%s: %s', (name, expected) => {
    expect(inferEffect(name)).toBe(expected);
  });

  it('comes from a table without a verb in two places', () => {
    const all = [...READ_VERBS, ...WRITE_VERBS, ...DESTRUCTIVE_VERBS];
    expect(all.length).toBe(new Set(all).size);
  });

  it.each([
    ['sendHTTPRequest', ['send', 'http', 'request']],
    ['snake_case-kebab.dotted', ['snake', 'case', 'kebab', 'dotted']],
    ['v2Order99', ['v2', 'order99']],
  ])('splits %s', (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });
});

const distance = (first: string, second: string): number => {
  let bits = 0;
  for (let rest = BigInt(`0x${first}`) ^ BigInt(`0x${second}`); rest > 0n; rest &= rest - 1n) bits++;
  return bits;
};

describe('the sketch of arguments', () => {
  const text = 'please find the latest invoice of the customer in berlin and send it to accounting before friday';

  it('is near for nearly equal arguments and far for others', () => {
    const base = sketchOf({ query: text });
    expect(distance(base, sketchOf({ query: `${text} noon` }))).toBeLessThan(14);
    expect(
      distance(base, sketchOf({ query: 'rm rf slash tmp build artefacts of yesterday nightly pipeline run number seven' })),
    ).toBeGreaterThan(18);
  });

  it('is 16 hex digits and the same every time, whatever the arguments', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (args) => {
        expect(sketchOf(args)).toMatch(/^[0-9a-f]{16}$/);
        expect(sketchOf(args)).toBe(sketchOf(structuredClone(args)));
      }),
    );
  });
});
