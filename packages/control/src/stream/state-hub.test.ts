import { agentKey } from '@belay/protocol';
import { expect, test } from 'vitest';
import type { AgentState } from './agent-state.ts';
import { createStateHub, type Subscriber } from './state-hub.ts';

const KEY = agentKey('t', 'a');
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const stateAt = (epoch: number): AgentState => ({ epoch, revision: epoch, commandId: undefined, holds: [] });

function setUp() {
  const world = { epoch: 1, reads: 0, signatures: 0 };
  const hub = createStateHub({
    read: async () => {
      world.reads += 1;
      return stateAt(world.epoch);
    },
    signer: {
      sign: async (_audience, state) => {
        world.signatures += 1;
        return `jws-${state.epoch}`;
      },
    },
    logger: quiet,
  });
  const subscriber = (epoch: number | undefined): Subscriber & { got: string[] } => {
    const got: string[] = [];
    return { epoch, got, push: (_state, signed) => void got.push(signed) };
  };
  return { world, hub, subscriber };
}

test('one read and one signature serve all subscribers that are behind', async () => {
  const { world, hub, subscriber } = setUp();
  const [a, b, current] = [subscriber(0), subscriber(0), subscriber(1)];
  for (const each of [a, b, current]) hub.subscribe(KEY, each);
  await hub.refresh(KEY);
  expect([a.got, b.got, current.got]).toEqual([['jws-1'], ['jws-1'], []]);
  expect(world).toMatchObject({ reads: 1, signatures: 1 });
});

test('many changes at once are read together, and the last one is never missed', async () => {
  const { world, hub, subscriber } = setUp();
  const a = subscriber(0);
  hub.subscribe(KEY, a);
  const refreshes = [1, 2, 3, 4].map((epoch) => {
    world.epoch = epoch;
    return hub.refresh(KEY);
  });
  await Promise.all(refreshes);
  expect(a.got.at(-1)).toBe('jws-4');
  expect(world.reads).toBeLessThan(4);
});

test('a subscriber never gets an older epoch than it has, nor the same twice', async () => {
  const { world, hub, subscriber } = setUp();
  const a = subscriber(5);
  hub.subscribe(KEY, a);
  world.epoch = 4;
  await hub.refresh(KEY);
  world.epoch = 5;
  await hub.refresh(KEY);
  expect(a.got).toEqual([]);
});

test('who has not had its first state gets none pushed: the first carries its nonce', async () => {
  const { hub, subscriber } = setUp();
  const a = subscriber(undefined);
  hub.subscribe(KEY, a);
  await hub.refresh(KEY);
  expect(a.got).toEqual([]);
});

test('a failed read is not the end: the next refresh delivers', async () => {
  let isBroken = true;
  const read = async (): Promise<AgentState> => {
    if (isBroken) throw new Error('away');
    return stateAt(1);
  };
  const hub = createStateHub({ read, signer: { sign: async () => 'jws' }, logger: quiet });
  const got: string[] = [];
  hub.subscribe(KEY, { epoch: 0, push: (_state, signed) => void got.push(signed) });
  await hub.refresh(KEY);
  isBroken = false;
  await hub.refreshAll();
  expect(got).toEqual(['jws']);
});

test('unsubscribing is final and counts once', () => {
  const { hub, subscriber } = setUp();
  const leave = hub.subscribe(KEY, subscriber(0));
  expect(hub.size).toBe(1);
  leave();
  leave();
  expect(hub.size).toBe(0);
});
