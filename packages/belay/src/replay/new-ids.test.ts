import { describe, expect, it } from 'vitest';
import { renewIds } from './new-ids.ts';
import type { OtlpRequest } from './otlp-request.ts';

const request = (): OtlpRequest => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            { traceId: 'aa'.repeat(16), spanId: 'bb'.repeat(8), attributes: [{ key: 'gen_ai.tool.name', value: { stringValue: 'x' } }] },
            {
              traceId: 'aa'.repeat(16),
              spanId: 'cc'.repeat(8),
              parentSpanId: 'bb'.repeat(8),
              attributes: [{ key: 'belay.reasoning.span_id', value: { stringValue: 'bb'.repeat(8) } }],
              links: [{ traceId: 'aa'.repeat(16), spanId: 'bb'.repeat(8) }],
            },
          ],
        },
      ],
    },
  ],
});

describe('renewIds', () => {
  it('changes every id, and keeps who refers to whom', () => {
    const renewed = request();
    renewIds(renewed, 'salt');
    const [first, second] = renewed.resourceSpans[0]?.scopeSpans?.[0]?.spans ?? [];
    expect(first?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.traceId).not.toBe('aa'.repeat(16));
    expect(second?.traceId).toBe(first?.traceId);
    expect(second?.parentSpanId).toBe(first?.spanId);
    expect(second?.links).toEqual([{ traceId: first?.traceId, spanId: first?.spanId }]);
    expect(second?.attributes).toEqual([{ key: 'belay.reasoning.span_id', value: { stringValue: first?.spanId } }]);
    expect(first?.attributes).toEqual([{ key: 'gen_ai.tool.name', value: { stringValue: 'x' } }]);
  });

  it('gives the same ids for the same salt, others for another', () => {
    const [a, b, c] = [request(), request(), request()];
    renewIds(a, 'one');
    renewIds(b, 'one');
    renewIds(c, 'two');
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('leaves alone what has not the shape', () => {
    const odd = {
      resourceSpans: [{}, { scopeSpans: [{ spans: [{ traceId: 7, links: 'x', attributes: [null, { key: 1 }] }] }] }],
    } as unknown as OtlpRequest;
    expect(() => renewIds(odd, 's')).not.toThrow();
  });
});
