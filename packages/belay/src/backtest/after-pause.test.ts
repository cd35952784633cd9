import type { InputRecord } from '@belay/protocol';
import { anomaly, decision } from '@belay/testkit';
import { expect, test } from 'vitest';
import { createAfterPause } from './after-pause.ts';

const acts = (startUs: number, more: object = {}) => decision({ agentId: 'a', sessionId: 's', runId: 'r', startUs, ...more });
const pause = (more: object = {}) => anomaly({ agentId: 'a', sessionId: 's', runId: 'r', triggerUs: 100, response: 'pause', ...more });
const released = (more: object = {}) =>
  ({
    ...{ v: 1, record: 'hold', id: 'h', tenant: pause().tenant, agentId: 'a', holdId: 'x', change: 'released', atUs: 1 },
    ...more,
  }) as Extract<InputRecord, { record: 'hold' }>;

test('a pause keeps what begins after it in its session, and nothing of another session or agent', () => {
  const after = createAfterPause();
  expect(after.isKept(acts(200))).toBe(false);
  after.paused(pause());
  expect([acts(99), acts(100), acts(200)].map((event) => after.isKept(event))).toEqual([false, true, true]);
  expect(after.isKept(acts(200, { sessionId: 't' }))).toBe(false);
  expect(after.isKept(acts(200, { agentId: 'b' }))).toBe(false);
});

test('without a session it keeps the run, and a kill keeps the run at once; without either the agent', () => {
  for (const found of [pause({ sessionId: undefined }), pause({ response: 'kill' })]) {
    const after = createAfterPause();
    after.paused(found);
    expect([after.isKept(acts(200, { sessionId: 't' })), after.isKept(acts(200, { runId: 'q' }))]).toEqual([true, false]);
  }
  const after = createAfterPause();
  after.paused(pause({ sessionId: undefined, runId: undefined }));
  expect(after.isKept(acts(200, { sessionId: 't', runId: 'q' }))).toBe(true);
});

test('what is no action, and what was refused in the recording already, is not kept from anything', () => {
  const after = createAfterPause();
  after.paused(pause());
  expect(after.isKept(acts(200, { kind: 'session_end' }))).toBe(false);
  expect(after.isKept(acts(200, { outcome: { status: 'blocked' } }))).toBe(false);
});

test('a hold that was lifted in the recording lifts the would-be one of its scope, or all of the agent where none is named', () => {
  const after = createAfterPause();
  const isKept = () => [after.isKept(acts(200)), after.isKept(acts(200, { sessionId: 't' }))];
  after.paused(pause());
  after.paused(pause({ sessionId: 't' }));
  after.released(released({ scope: 'session', scopeId: 't' }));
  after.released(released({ change: 'placed' }));
  expect(isKept()).toEqual([true, false]);
  after.released(released());
  expect(isKept()).toEqual([false, false]);
});
