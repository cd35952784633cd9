import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { call } from '../testing/streams.test-support.ts';
import { createAgentState, packAgentState, unpackAgentState, watchesOf } from './agent-state.ts';

const config = defaultDetectorConfig();
const noPrior = () => ({ version: 0, has: () => false });

function busyAgent() {
  const agent = createAgentState(config, noPrior);
  for (let n = 1; n <= 3; n++) {
    const event = call(n, 'a', 'r');
    agent.seen.add(event.id);
    agent.clock.advance(event.startUs + event.durationUs, event.receivedUs);
    for (const detector of agent.detectors) detector.observe(event, agent.clock.atUs);
  }
  agent.modes.put('loop', { mode: 'warn', atUs: 7 });
  return agent;
}

test('an unpacked agent is packed to the same bytes, event time and modes included', () => {
  const bytes = packAgentState(busyAgent());
  const { agent, problem } = unpackAgentState(bytes, config, noPrior);
  expect(problem).toBeUndefined();
  expect(agent.clock.atUs).toBe(busyAgent().clock.atUs);
  expect(agent.modes.get('loop')).toEqual({ mode: 'warn', atUs: 7 });
  expect(packAgentState(agent)).toEqual(bytes);
});

test('a detector of another version starts afresh, the others go on', () => {
  const packed = JSON.parse(new TextDecoder().decode(packAgentState(busyAgent())));
  for (const row of packed.detectors) if (row[0] === 'loop') row[1] = 999;
  const { agent } = unpackAgentState(new TextEncoder().encode(JSON.stringify(packed)), config, noPrior);
  const state = (id: string) =>
    watchesOf(agent)
      .find(({ type }) => type.id === id)
      ?.detector.snapshot();
  const before = (id: string) =>
    watchesOf(busyAgent())
      .find(({ type }) => type.id === id)
      ?.detector.snapshot();
  const fresh = watchesOf(createAgentState(config, noPrior)).find(({ type }) => type.id === 'loop');
  expect(state('loop')).toEqual(fresh?.detector.snapshot());
  expect(state('spend_rate')).toEqual(before('spend_rate'));
});

test.each(['', 'null', '[]', '{}', '{"v":1}', 'not json'])('bytes that are no state (%s) give a fresh agent and the reason', (text) => {
  const { agent, problem } = unpackAgentState(new TextEncoder().encode(text), config, noPrior);
  expect(problem).toBeTypeOf('string');
  expect(packAgentState(agent)).toEqual(packAgentState(createAgentState(config, noPrior)));
});
