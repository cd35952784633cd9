import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeText } from './safe-text.ts';

describe('safeText', () => {
  it('lets no control, escape or direction character through, whatever an agent sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the claim
        expect(safeText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u);
        expect(safeText(text).isWellFormed()).toBe(true);
      }),
    );
  });

  it('never gives more characters than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, max) => [...safeText(text, max)].length <= max),
    );
  });

  it('makes a forged second line and a colour change visible as text', () => {
    expect(safeText('ok\n\u001b[32m✓ released')).toBe('ok �[32m✓ released');
  });
});
