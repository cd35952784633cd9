import { describe, expect, it } from 'vitest';
import { jsonHazard } from './json-guard.ts';

const MIB = 1_048_576;

describe('the JSON guard', () => {
  it('stops a megabyte of opening brackets', () => {
    expect(jsonHazard(Buffer.alloc(2 * MIB, '['))).toMatch(/nested/);
  });

  it('stops millions of empty arrays', () => {
    expect(jsonHazard(Buffer.from(`[${'[],'.repeat(2_100_000)}[]]`))).toMatch(/objects and arrays/);
  });

  it('does not count brackets inside strings, escaped quotes included', () => {
    const text = JSON.stringify({ a: `"${'[{\\'.repeat(400_000)}"` });
    expect(text.length).toBeGreaterThan(MIB);
    expect(jsonHazard(Buffer.from(text))).toBeUndefined();
  });

  it('lets wide flat JSON pass', () => {
    expect(jsonHazard(Buffer.from(JSON.stringify(new Array(100_000).fill({ key: 'k', value: 'v' }))))).toBeUndefined();
  });

  it('ends on an unterminated string', () => {
    expect(jsonHazard(Buffer.alloc(2 * MIB, '"\\'))).toBeUndefined();
  });
});
