import { describe, expect, it } from 'vitest';
import { createStopStack } from './stop-stack.ts';

describe('stop stack', () => {
  it('stops the newest first, once, and goes on past one that fails', async () => {
    const stopped: string[] = [];
    const stack = createStopStack({ timeoutMs: 1_000 });
    stack.push('first', async () => stopped.push('first'));
    stack.push('broken', () => Promise.reject(new Error('disk is gone')));
    stack.push('last', async () => stopped.push('last'));
    expect(await stack.stop()).toEqual(['broken: disk is gone']);
    expect(await stack.stop()).toEqual(['broken: disk is gone']);
    expect(stopped).toEqual(['last', 'first']);
  });

  it('leaves behind what does not stop in time', async () => {
    const stack = createStopStack({ timeoutMs: 5 });
    stack.push('stuck', () => new Promise(() => undefined));
    expect(await stack.stop()).toEqual(['stuck: did not stop within 5 ms']);
  });
});
