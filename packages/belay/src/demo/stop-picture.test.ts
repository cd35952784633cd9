import { anomaly } from '@belay/testkit';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { StopStory } from '../client/stop-story.ts';
import { drawStop, legsOf, totalUs } from './stop-picture.ts';

const story: StopStory = {
  agentId: 'looper',
  commandId: 'c',
  hold: { id: 'h', action: 'pause', scope: 'session', scopeId: 's', reason: 'r', cause: { kind: 'anomaly', ref: 'x' }, placedUs: 160_000 },
  anomaly: anomaly({ detector: 'loop', rule: 'L1', explanation: 'The same call with the same result 4 times in a row.' }),
  badActionUs: 100_000,
  detectedUs: 150_000,
  placedUs: 160_000,
  acks: { received: 170_000, applied: 175_000, confirmed: 180_000 },
  lastStartedSeq: 4,
};

describe('the picture of a stop', () => {
  it('shows who, why, the last actions, and the delay of each leg', () => {
    const lines = drawStop(story, ['find_invoice {"number":"1"} → {"found":false}'], { colours: pc.createColors(false), columns: 100 });
    expect(lines).toEqual([
      '■ looper PAUSED  session · loop L1',
      '│ find_invoice {"number":"1"} → {"found":false}',
      '│',
      '│ The same call with the same result 4 times in a row.',
      '│',
      `│ bad action ${'█'.repeat(24)}${'▓'.repeat(5)}${'▒'.repeat(8)}${'░'.repeat(3)} 80 ms`,
      '│ █ detected +50 ms  ▓ held +10 ms  ▒ applied +15 ms  ░ confirmed +5.0 ms',
    ]);
  });

  it('adds up: the legs are the whole', () => {
    expect(legsOf(story).reduce((sum, { durationUs }) => sum + durationUs, 0)).toBe(totalUs(story));
  });

  it('leaves out a leg whose end is unknown, and counts an operator hold from the hold', () => {
    const byHand: StopStory = { ...story, anomaly: undefined, badActionUs: undefined, detectedUs: undefined };
    expect(legsOf(byHand).map(({ name }) => name)).toEqual(['applied', 'confirmed']);
    expect(totalUs(byHand)).toBe(20_000);
  });
});
