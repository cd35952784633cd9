import { z } from 'zod';
import type { OperatorClient } from '../client/operator-client.ts';
import { agentsSchema, type BreakerView, breakerSchema, readAnswer } from '../client/platform-views.ts';
import type { StopStory } from '../client/stop-story.ts';
import type { FleetProcess } from './fleet-process.ts';
import { SAMPLE_AGENTS, type SampleAgent } from './sample-fleet.ts';

/** What became of one sample agent. */
export interface AgentResult {
  readonly agent: SampleAgent;
  /** Decisions started, as the agent's acknowledgement or last heartbeat says. */
  readonly decisions: number | undefined;
  readonly stop: StopStory | undefined;
  /** Exit code; undefined while it runs (a paused one waits). */
  readonly exitCode: number | undefined;
}

export interface FleetResult {
  readonly agents: readonly AgentResult[];
  /** True when exactly the agents that should be stopped were, and the others finished their work. */
  readonly isAsExpected: boolean;
  /** The blast-radius breaker, when control knows it. */
  readonly breaker: BreakerView | undefined;
}

const runsSchema = z.object({ runs: z.array(z.looseObject({ agentId: z.string(), lastSeq: z.number(), startedUs: z.number() })) });

/** Compares what happened with what should have. */
export async function judgeFleet(
  processes: readonly FleetProcess[],
  stops: ReadonlyMap<string, StopStory>,
  client: OperatorClient,
): Promise<FleetResult> {
  const decisions = await decisionsByAgent(client);
  const held = await heldAgents(client);
  const agents = SAMPLE_AGENTS.map((agent): AgentResult => {
    const process = processes.find(({ name }) => name === agent.id);
    const stop = stops.get(agent.id);
    return { agent, decisions: stop?.lastStartedSeq ?? decisions.get(agent.id), stop, exitCode: process?.exitCode };
  });
  const { breaker } = readAnswer(breakerSchema, await client.get('/v1/detectors'), 'detectors');
  return { agents, breaker, isAsExpected: agents.every((result) => isRight(result, held)) };
}

function isRight({ agent, stop, exitCode }: AgentResult, held: ReadonlySet<string>): boolean {
  if (agent.shouldBeStopped) return stop?.hold.cause.kind === 'anomaly' && stop.acks.confirmed !== undefined && exitCode === undefined;
  return stop === undefined && exitCode === 0 && !held.has(agent.id);
}

async function decisionsByAgent(client: OperatorClient): Promise<ReadonlyMap<string, number>> {
  const { runs } = readAnswer(runsSchema, await client.get('/v1/runs?limit=200'), 'runs');
  const newest = runs.toSorted((a, b) => a.startedUs - b.startedUs);
  return new Map(newest.map(({ agentId, lastSeq }) => [agentId, lastSeq]));
}

async function heldAgents(client: OperatorClient): Promise<ReadonlySet<string>> {
  const { agents } = readAnswer(agentsSchema, await client.get('/v1/agents?limit=200'), 'agents');
  return new Set(agents.filter(({ openHolds }) => openHolds > 0).map(({ agentId }) => agentId));
}
