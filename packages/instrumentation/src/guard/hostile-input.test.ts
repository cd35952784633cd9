import { callDigest } from '@belay/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordedAgent } from '../testing/agent-for-tests.test-support.ts';
import { extraKey } from './extra-key.ts';

describe('whatever a model or a tool comes up with', () => {
  it.each(['off', 'redacted', 'full'] as const)(
    'with content %s the result passes unchanged, and each call is recorded once with its digest',
    async (content) => {
      const { agent, collector } = await recordedAgent({ content, exportDelayMs: 5 });
      const echo = agent.tool({ name: 'echo', effect: 'read', run: (input: unknown) => input });
      const seen: (string | undefined)[] = [];
      await fc.assert(
        fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: 'binary' }), async (input, intent) => {
          expect(await echo(input, { intent, callId: intent, reasoningSpanId: intent })).toBe(input);
          seen.push(callDigest('echo', input));
        }),
        { numRuns: 150 },
      );
      await agent.flush();
      expect(collector.spans.map((span) => span.attributes['belay.call.digest'])).toEqual(seen);
      expect(agent.droppedSpans).toBe(0);
    },
  );

  it('passes errors on as they are', async () => {
    const { agent } = await recordedAgent();
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (thrown) => {
        const bad = agent.tool({ name: 'bad', effect: 'read', run: () => Promise.reject(thrown) });
        const caught = await bad({}).then(
          () => 'nothing was thrown',
          (error: unknown) => ({ error }),
        );
        expect(caught).toEqual({ error: thrown });
      }),
      { numRuns: 150 },
    );
  });

  it('keeps a span small, however large the call', async () => {
    const { agent, collector } = await recordedAgent({ content: 'full' });
    const echo = agent.tool({ name: 'echo', effect: 'read', summary: () => 'x'.repeat(1e5), run: (input: unknown) => input });
    const huge = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`key${i}`, `https://host${i}.example/${'p'.repeat(900)} ${'"'.repeat(100)}`]),
    );
    await echo(huge, { intent: 'y'.repeat(1e5), callId: 'z'.repeat(1e5) });
    await agent.flush();
    expect(Buffer.byteLength(JSON.stringify(collector.spans[0]))).toBeLessThan(44_000);
    const attributes = JSON.stringify(
      Object.values(collector.spans[0]?.attributes ?? {}).filter((value) => typeof value !== 'string' || value.length > 8100),
    );
    expect(Buffer.byteLength(attributes)).toBeLessThan(20_000);
  });
});

describe('extra keys', () => {
  it('are none when the schema changed nothing', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => extraKey(value, structuredClone(value)) === undefined));
  });

  it('are found wherever a key was dropped', () => {
    expect(extraKey({ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] })).toBe('a.0.c');
    expect(extraKey({ a: 1 }, { a: 1, added: 2 })).toBeUndefined();
    expect(extraKey({ when: '2026' }, { when: new Date() })).toBeUndefined();
    expect(extraKey(JSON.parse('{"__proto__":1}'), {})).toBe('__proto__');
  });
});
