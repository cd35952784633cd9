import { EVENT_MAX_BYTES } from '@belay/protocol';
import { decision } from '@belay/testkit';
import { describe, expect, it } from 'vitest';
import { fitEvent } from './fit-event.ts';

const call = { name: 'x', effect: 'read' as const };
// A control character is six bytes in JSON: the worst that a text can do.
const WORST = '\u0001';

describe('an event', () => {
  it('that fits is left alone', () => {
    const event = decision();
    expect(fitEvent(event)).toEqual({ line: JSON.stringify(event), shrunk: false });
  });

  it('too long loses its previews first', () => {
    const event = decision({
      call: { ...call, destinations: ['agent:b'], argumentsPreview: WORST.repeat(4096), digest: 'sha256:a' },
      outcome: { status: 'ok', resultPreview: WORST.repeat(4096) },
    });
    const fitted = fitEvent(event);
    expect(fitted?.shrunk).toBe(true);
    expect(Buffer.byteLength(fitted?.line ?? '')).toBeLessThanOrEqual(EVENT_MAX_BYTES);
    expect(fitted?.line).toContain('sha256:a');
    expect(fitted?.line).toContain('agent:b');
  });

  it('whose destinations alone are too long keeps the first of them, its ids and its digest', () => {
    const destinations = Array.from({ length: 32 }, (_, i) => `${i}${WORST.repeat(500)}`);
    const fitted = fitEvent(
      decision({ call: { ...call, destinations, digest: 'sha256:a' }, outcome: { status: 'ok', mentions: destinations } }),
    );
    expect(Buffer.byteLength(fitted?.line ?? '')).toBeLessThanOrEqual(EVENT_MAX_BYTES);
    expect(JSON.parse(fitted?.line ?? '')).toMatchObject({ call: { destinations: destinations.slice(0, 4), digest: 'sha256:a' } });
  });

  it('that cannot be made to fit is given up', () => {
    expect(fitEvent(decision({ taskName: 'x'.repeat(EVENT_MAX_BYTES) }))).toBeUndefined();
  });
});
