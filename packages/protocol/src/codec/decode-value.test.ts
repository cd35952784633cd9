import { anomaly, arbitraryOf } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalySchema } from '../anomaly/anomaly.ts';
import { scoreSchema } from '../anomaly/score.ts';
import { controlEventSchema } from '../control/control-event.ts';
import { conversationStepSchema } from '../event/conversation-step.ts';
import { decodeAnomaly, decodeControlEvent, decodeConversationStep, decodeScore } from './decode-value.ts';

describe('values of the other topics', () => {
  it('of conversations are read back as they were written', () => {
    fc.assert(
      fc.property(arbitraryOf(conversationStepSchema), (step) => {
        expect(decodeConversationStep(JSON.stringify(step))).toEqual({ value: JSON.parse(JSON.stringify(step)) });
      }),
      { numRuns: 100 },
    );
    expect(decodeConversationStep('{}')).toEqual({ malformed: expect.stringMatching(/.+/) });
  });

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(arbitraryOf(anomalySchema), arbitraryOf(controlEventSchema), arbitraryOf(scoreSchema), (finding, event, score) => {
        expect(decodeScore(JSON.stringify(score))).toEqual({ value: JSON.parse(JSON.stringify(score)) });
        expect(decodeAnomaly(JSON.stringify(finding))).toEqual({ value: JSON.parse(JSON.stringify(finding)) });
        expect(decodeControlEvent(JSON.stringify(event))).toEqual({ value: JSON.parse(JSON.stringify(event)) });
      }),
      { numRuns: 200 },
    );
  });

  it.each(['', '{', 'null', '[]', '{}', JSON.stringify({ ...anomaly(), score: 2 }), JSON.stringify({ ...anomaly(), extra: 1 })])(
    '%j is malformed, with a reason',
    (text) => {
      expect(decodeAnomaly(text)).toEqual({ malformed: expect.stringMatching(/.+/) });
      expect(decodeScore(text)).toEqual({ malformed: expect.stringMatching(/.+/) });
      expect(decodeControlEvent(text)).toEqual({ malformed: expect.stringMatching(/.+/) });
    },
  );

  it('do not give away what was in them', () => {
    const found = decodeAnomaly(JSON.stringify({ ...anomaly(), score: 'hunter2' }));
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});
