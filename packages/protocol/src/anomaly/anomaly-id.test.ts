import { anomaly } from '@belay/testkit';
import { describe, expect, it } from 'vitest';
import { blastRadiusLimit } from '../control/blast-radius.ts';
import { anomalySchema } from './anomaly.ts';
import { anomalyId } from './anomaly-id.ts';

describe('the id of an anomaly', () => {
  const base = anomaly();

  it('is the same for the same finding, whatever else was observed about it', () => {
    expect(anomalyId(base)).toBe(anomalyId({ ...base, ...{ score: 0.1, detectedUs: 1, explanation: 'otherwise' } }));
    expect(anomalyId(base)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(anomalySchema.safeParse({ ...base, id: anomalyId(base) }).success).toBe(true);
  });

  it.each([
    { tenant: 'other' },
    { agentId: 'other' },
    { detector: 'other' },
    { detectorVersion: 2 },
    { rule: 'L2' },
    { subject: { kind: 'run', id: base.subject.id } as const },
    { subject: { kind: 'decision', id: 'other' } as const },
  ])('is another one for %o', (change) => {
    expect(anomalyId({ ...base, ...change })).not.toBe(anomalyId(base));
  });

  it('cannot be made equal by moving text from one part to the next', () => {
    expect(anomalyId({ ...base, tenant: 'a', agentId: 'b,c' })).not.toBe(anomalyId({ ...base, tenant: 'a,b', agentId: 'c' }));
  });
});

describe('the blast radius', () => {
  it.each([
    [0, 3],
    [29, 3],
    [30, 3],
    [39, 3],
    [40, 4],
    [1000, 100],
  ])('of %i known agents is %i', (known, limit) => {
    expect(blastRadiusLimit(known)).toBe(limit);
  });
});
