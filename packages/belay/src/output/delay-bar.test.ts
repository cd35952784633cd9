import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { drawDelayBar, shareCells } from './delay-bar.ts';

const plain = pc.createColors(false);

describe('shareCells', () => {
  it('fills the width exactly, and leaves no leg without a cell', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 6, max: 80 }),
        (shares, width) => {
          const cells = shareCells(shares, width);
          expect(cells.reduce((sum, cell) => sum + cell, 0)).toBe(width);
          expect(Math.min(...cells)).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  it('gives a longer leg no fewer cells', () => {
    expect(shareCells([1, 10, 100], 20)).toEqual([1, 3, 16]);
  });
});

describe('drawDelayBar', () => {
  it('shows the total, and each leg with its own time', () => {
    const [bar, legend] = drawDelayBar(
      [
        { name: 'detected', durationUs: 30_000 },
        { name: 'applied', durationUs: 10_000 },
      ],
      8,
      plain,
    );
    expect(bar).toBe('██████▓▓ 40 ms');
    expect(legend).toBe('█ detected +30 ms  ▓ applied +10 ms');
  });
});
