import { expect, it } from 'vitest';
import { createRecent } from './recent.ts';

it('keeps what is in use, forgets what is not, and never grows beyond two generations', () => {
  const recent = createRecent<number>(10);
  recent.set('used', 1);
  for (let i = 0; i < 1000; i++) {
    recent.set(`other-${i}`, i);
    expect(recent.get('used')).toBe(1);
  }
  const left = Array.from({ length: 1000 }, (_, i) => recent.get(`other-${i}`)).filter((value) => value !== undefined);
  expect(left.length).toBeLessThanOrEqual(20);
  expect(recent.get('other-999')).toBe(999);
  expect(recent.get('other-0')).toBeUndefined();
});
