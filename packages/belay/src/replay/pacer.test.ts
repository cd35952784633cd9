import { describe, expect, it } from 'vitest';
import { createPacer } from './pacer.ts';

describe('pacer', () => {
  it('passes event time so many times as fast', () => {
    const pacer = createPacer(10);
    expect(pacer.delayMs(1_000_000, 0)).toBe(0);
    expect(pacer.delayMs(11_000_000, 0)).toBe(1_000);
    expect(pacer.delayMs(11_000_000, 400_000)).toBe(600);
  });

  it('never waits for what is late or runs backwards', () => {
    const pacer = createPacer(1);
    pacer.delayMs(5_000_000, 0);
    expect(pacer.delayMs(6_000_000, 9_000_000)).toBe(0);
    expect(pacer.delayMs(1_000_000, 9_000_000)).toBe(0);
  });

  it('waits for nothing without a speed', () => expect(createPacer(undefined).delayMs(9e15, 0)).toBe(0));
});
