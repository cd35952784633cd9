import { anomalySchema, decisionEventSchema } from '@belay/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomaly, decision, decisions, modelCall } from './builders.ts';
import { createManualClock } from './clock.ts';
import { createSeededRandom } from './random.ts';
import { arbitraryOf } from './schema-arbitrary.ts';

describe('builders', () => {
  it('make what the schemas accept', () => {
    for (const event of [
      decision(),
      modelCall({ n: 3 }),
      ...decisions(5, (n) => ({ agentId: `a-${n}`, outcome: { status: 'error', errorClass: 'tool' } })),
    ]) {
      expect(decisionEventSchema.parse(event)).toEqual(event);
    }
    expect(anomalySchema.parse(anomaly())).toEqual(anomaly());
  });

  it('number decisions, and merge what is changed of a call and its outcome', () => {
    const [, second] = decisions(2, () => ({ call: { name: 'pay', effect: 'destructive' }, agent: { version: '2' } }));
    expect(second).toMatchObject({
      seq: 2,
      agent: { id: 'agent-1', version: '2' },
      call: { name: 'pay', destinations: [] },
      outcome: { status: 'ok' },
    });
    expect(second?.id).not.toBe(decision().id);
    expect(decision({ outcome: undefined })).not.toHaveProperty('outcome');
  });

  it('derive from a schema only what it accepts', () => {
    fc.assert(
      fc.property(arbitraryOf(decisionEventSchema), (event) => {
        expect(decisionEventSchema.safeParse(event).success).toBe(true);
      }),
    );
  });
});

describe('the manual clock', () => {
  it('moves when told to, both hands; the wall alone can be set back', () => {
    const clock = createManualClock(1000);
    clock.advance(5);
    clock.advanceMs(1);
    expect([clock.nowUs(), clock.monotonicUs()]).toEqual([2005, 1005]);
    clock.setWall(0);
    expect([clock.nowUs(), clock.monotonicUs()]).toEqual([0, 1005]);
    expect(() => clock.advance(-1)).toThrow(RangeError);
  });
});

describe('the seeded random', () => {
  it('repeats itself, and covers its range', () => {
    const draw = (seed: number): number[] => Array.from({ length: 1000 }, createSeededRandom(seed).next);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((one) => one >= 0 && one < 1)).toBe(true);
    const random = createSeededRandom(1);
    const dice = new Set(Array.from({ length: 200 }, () => random.integer(1, 6)));
    expect([...dice].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
