import { describe, expect, it } from 'vitest';
import { recordedAgent } from '../testing/agent-for-tests.test-support.ts';

describe('execute', () => {
  it('passes the error of the action on as it is, and records its class', async () => {
    const { agent, collector } = await recordedAgent();
    const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432 password=hunter2'), { code: 'ECONNREFUSED' });
    const tool = agent.tool({ name: 'query', effect: 'read', run: () => Promise.reject(error) });
    await expect(tool({})).rejects.toBe(error);
    await agent.flush();
    expect(collector.spans[0]).toMatchObject({ statusCode: 2, statusMessage: '' });
    expect(collector.spans[0]?.attributes).toMatchObject({
      'belay.outcome.status': 'error',
      'error.type': 'ECONNREFUSED',
      'belay.outcome.error_class': 'transient',
    });
    expect(JSON.stringify(collector.spans)).not.toContain('hunter2');
  });

  it('survives tools that throw what is no error, synchronously', async () => {
    const { agent, collector } = await recordedAgent();
    const tool = agent.tool({
      name: 'odd',
      effect: 'read',
      run: () => {
        throw null;
      },
    });
    await expect(tool({})).rejects.toBe(null);
    await agent.flush();
    expect(collector.spans[0]?.attributes['belay.outcome.status']).toBe('error');
  });

  it('aborts at the time-out, and tells the action through its signal', async () => {
    const { agent, collector } = await recordedAgent();
    const seen = Promise.withResolvers<unknown>();
    const tool = agent.tool({
      name: 'hang',
      effect: 'write',
      timeoutMs: 20,
      run: (_input, { signal }) => new Promise(() => signal.addEventListener('abort', () => seen.resolve(signal.reason))),
    });
    await expect(tool({})).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await seen.promise).toMatchObject({ name: 'TimeoutError' });
    await agent.flush();
    expect(collector.named('execute_tool')[0]?.attributes).toMatchObject({
      'belay.outcome.status': 'timeout',
      'belay.outcome.error_class': 'transient',
    });
  });

  it("follows the caller's signal: a read is cancelled, a write is uncertain", async () => {
    const { agent, collector } = await recordedAgent();
    const abort = new AbortController();
    const started = Promise.withResolvers<void>();
    const never = (): Promise<never> => {
      started.resolve();
      return new Promise(() => undefined);
    };
    const read = agent.tool({ name: 'read', effect: 'read', run: never })({}, { signal: abort.signal });
    const write = agent.tool({ name: 'write', effect: 'write', run: never })({}, { signal: abort.signal });
    await started.promise;
    abort.abort(new Error('user left'));
    await expect(read).rejects.toThrow('user left');
    await expect(write).rejects.toThrow('user left');
    await agent.flush();
    expect(
      collector
        .named('execute_tool')
        .map((span) => span.attributes['belay.outcome.status'])
        .sort(),
    ).toEqual(['cancelled', 'uncertain']);
  });
});

describe('a call that is aborted before it begins', () => {
  it('does not run, and is recorded as cancelled', async () => {
    const { agent, collector } = await recordedAgent();
    let ran = false;
    const write = agent.tool({
      name: 'write',
      effect: 'write',
      run: () => {
        ran = true;
      },
    });
    await expect(write({}, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(ran).toBe(false);
    await agent.flush();
    expect(collector.named('execute_tool')[0]?.attributes['belay.outcome.status']).toBe('cancelled');
  });
});

describe('the idempotency key', () => {
  const keysOf = async (taskId: string | undefined, outcomes: readonly ('ok' | 'fails')[]): Promise<string[]> => {
    const { agent } = await recordedAgent();
    const keys: string[] = [];
    const left = [...outcomes];
    const pay = agent.tool({
      name: 'pay',
      effect: 'write',
      run: (_input: { order: number }, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (left.shift() === 'fails') throw new Error('503');
      },
    });
    await agent.task({ name: 'pay', ...(taskId === undefined ? {} : { id: taskId }) }, async () => {
      for (const _ of outcomes) await pay({ order: 1 }).catch(() => undefined);
    });
    return keys;
  };

  it('is the same for a retry, another one for a deliberate repetition', async () => {
    const [first, retry, again] = await keysOf('task-1', ['fails', 'ok', 'ok']);
    expect(retry).toBe(first);
    expect(again).not.toBe(first);
  });

  it('is the same after a restart when the task has an id, and never shared by tasks without one', async () => {
    expect(await keysOf('task-1', ['ok'])).toEqual(await keysOf('task-1', ['ok']));
    expect(await keysOf('task-1', ['ok'])).not.toEqual(await keysOf('task-2', ['ok']));
    expect(await keysOf(undefined, ['ok'])).not.toEqual(await keysOf(undefined, ['ok']));
  });

  it('comes with the number of the try, which is also on the span', async () => {
    const { agent, collector } = await recordedAgent();
    const attempts: number[] = [];
    const tool = agent.tool({
      name: 't',
      effect: 'read',
      run: (_input, { attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error('x');
      },
    });
    for (let i = 0; i < 4; i += 1) await tool({}).catch(() => undefined);
    expect(attempts).toEqual([1, 2, 3, 1]);
    await agent.flush();
    expect(collector.spans[2]?.attributes).toMatchObject({ 'belay.call.attempt': 3, 'belay.call.retry_of': collector.spans[1]?.spanId });
  });
});
