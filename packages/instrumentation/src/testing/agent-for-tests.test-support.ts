import { onTestFinished } from 'vitest';
import { type Agent, type AgentOptions, createAgent } from '../index.ts';
import { eventually } from './eventually.test-support.ts';
import { type FakeCollector, fakeCollector } from './fake-collector.test-support.ts';
import { type FakeControl, fakeControl } from './fake-control.test-support.ts';
import { PATIENT, PATIENT_MODE, PATIENT_TIMES } from './patience.test-support.ts';

export interface TestAgent {
  readonly agent: Agent;
  readonly collector: FakeCollector;
  readonly warnings: string[];
}

/** An agent that reports to a collector of its own and has no control. It waits for both for as long as the test takes. */
export async function recordedAgent({ failMode, ...options }: Partial<AgentOptions> = {}): Promise<TestAgent> {
  const collector = await fakeCollector();
  const warnings: string[] = [];
  const logger = { warn: (message: string) => warnings.push(message) };
  const agent = createAgent(
    { id: 'agent-1', endpoint: collector.url, logger, ...PATIENT, ...options, failMode: { ...PATIENT_MODE, ...failMode } },
    { controlTimes: PATIENT_TIMES },
  );
  onTestFinished(() => agent.shutdown());
  return { agent, collector, warnings };
}

/** An agent that has heard from its control. */
export async function controlledAgent(options: Partial<AgentOptions> = {}): Promise<TestAgent & { readonly control: FakeControl }> {
  const control = await fakeControl(options.id ?? 'agent-1');
  const made = await recordedAgent({ token: control.token, controlEndpoint: control.url, ...options });
  await eventually(() => control.heartbeats.find((beat) => beat.unprotectedSinceUs === undefined), 'the agent heard from control');
  return { ...made, control };
}
