import { createManualClock, createSeededRandom } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidv7 } from './uuidv7.ts';

describe('UUID version 7', () => {
  it('writes the example of RFC 9562 appendix A.6', () => {
    const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(uuidv7(createManualClock(0x017f22e279b0 * 1000), () => random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('has version and variant set, whatever the bits, and sorts by time', () => {
    const clock = createManualClock();
    const random = createSeededRandom(7);
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 1e9 }), (stepUs) => {
        const before = uuidv7(clock, random.bytes);
        clock.advance(stepUs);
        const after = uuidv7(clock, random.bytes);
        expect(after).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(after > before).toBe(true);
      }),
    );
  });
});
