import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Bus, packLines } from '@belay/bus';
import { agentKey, type ConversationStep, type DecisionEvent, encodeEvent, type InputRecord, systemClock, TOPICS } from '@belay/protocol';
import { createSeededRandom } from '@belay/testkit';
import { createBacktest } from '../backtest.ts';
import { defaultDetectorConfig } from '../config.ts';
import { ConversationJudge } from '../conversation/conversation-judge.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { call, failure } from './streams.test-support.ts';
import { pingPong } from './trees.test-support.ts';

/** Where the child finds its log. */
export type LogPlace =
  | { readonly kind: 'embedded'; readonly path: string }
  | { readonly kind: 'kafka'; readonly bootstrap: string; readonly prefix: string };

/** The child ends before or after its nth publish or checkpoint. */
export interface KillPoint {
  readonly operation: 'publish' | 'checkpoint';
  readonly nth: number;
  readonly when: 'before' | 'after';
}

export interface ChildOrder {
  readonly log: LogPlace;
  readonly kill?: KillPoint;
  /** Goes on when it has caught up. */
  readonly stays?: boolean;
}

export const KILL_POINTS: readonly KillPoint[] = [1, 2, 3, 5].flatMap((nth) =>
  (['publish', 'checkpoint'] as const).flatMap((operation) => (['before', 'after'] as const).map((when) => ({ operation, nth, when }))),
);

/** Runs one child to its end. @returns true when it caught up, false when it was killed on the way. */
export async function runChild(order: ChildOrder): Promise<boolean> {
  const script = fileURLToPath(new URL('./detector-child.test-support.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=belay-source', script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`The child ended with code ${code} and signal ${signal}.`);
  return said.includes('caught up');
}

/** Twelve agents that loop, fail, cycle, overspend and recover, with repeats of an exporter, operator modes and lifted holds between. */
export function killStream(seed = 11): (DecisionEvent | InputRecord)[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: 900 }, (_, i) => {
    const agentId = `agent-${random.integer(1, 12)}`;
    const at = { n: i + 1, agentId, sessionId: `session-${random.integer(1, 2)}` };
    const dice = random.next();
    if (dice < 0.02)
      return { v: 1, record: 'hold', id: `h${i}`, tenant: 'acme', agentId, holdId: `hold-${i}`, change: 'released', atUs: i };
    if (dice < 0.03)
      return {
        v: 1,
        record: 'mode',
        id: `m${i}`,
        tenant: 'acme',
        agentId,
        detector: 'loop',
        mode: random.pick(['warn', 'enforce'] as const),
        atUs: i,
      };
    if (dice < 0.35) return failure(i + 1, `args-${random.integer(1, 3)}`, 'no', at);
    return call(i + 1, `args-${random.integer(1, 3)}`, 'same', { ...at, costNanoUsd: random.integer(0, 2) * 1_000_000_000 });
  });
}

/** Steps of thirty trees at once, of two agents each that go round in circles for a while. */
export function killSteps(seed = 12): ConversationStep[] {
  const random = createSeededRandom(seed);
  const trees = Array.from({ length: 30 }, (_, tree) =>
    pingPong(9, (round) => ({ digest: `message-${round > 3 ? 'same' : round}` })).map((event) => ({
      ...event,
      rootSessionId: `root-${tree}`,
    })),
  );
  const pipeline = new Pipeline(defaultDetectorConfig());
  while (trees.some((events) => events.length > 0)) {
    const event = random.pick(trees.filter((events) => events.length > 0)).shift();
    if (event !== undefined) pipeline.push(event, event.receivedUs);
  }
  return [...pipeline.takeSteps()];
}

/** Publishes the steps, one message each; every ninth comes twice. */
export async function publishSteps(bus: Bus, steps: readonly ConversationStep[]): Promise<void> {
  for (const [i, step] of steps.entries()) {
    const line = JSON.stringify(step);
    const key = agentKey(step.tenant, step.rootSessionId);
    const lines = i % 9 === 0 ? [line, line] : [line];
    await bus.publisher.publish(packLines({ topic: TOPICS.conversations, key, lines, timestampUs: systemClock.nowUs() }));
  }
}

/** Publishes the stream, one message per record; every ninth decision comes twice. */
export async function publishStream(bus: Bus, records: readonly (DecisionEvent | InputRecord)[]): Promise<void> {
  for (const [i, record] of records.entries()) {
    const agentId = 'record' in record ? ('agentId' in record ? (record.agentId ?? '') : '') : record.agent.id;
    const line = 'record' in record ? JSON.stringify(record) : encodeEvent(record);
    const lines = i % 9 === 0 && !('record' in record) ? [line, line] : [line];
    await bus.publisher.publish(
      packLines({ topic: TOPICS.decisions, key: agentKey('acme', agentId), lines, timestampUs: systemClock.nowUs() }),
    );
  }
}

/** What must be the same: (id, rule, severity, trigger) as a sorted set. */
export const essence = (
  anomalies: readonly { id: string; rule: string; severity: string; triggerDecisionId?: string | undefined }[],
): string[] =>
  [...new Set(anomalies.map(({ id, rule, severity, triggerDecisionId }) => `${rule} ${severity} ${triggerDecisionId} ${id}`))].sort();

/** What is found in the steps when nobody disturbs. */
export function undisturbedTrees(steps: readonly ConversationStep[]): string[] {
  const judge = new ConversationJudge(defaultDetectorConfig());
  return essence(steps.flatMap((step) => judge.push(step, step.receivedUs)));
}

/** The findings of a run that nobody disturbed. */
export function undisturbed(records: readonly (DecisionEvent | InputRecord)[]): string[] {
  const backtest = createBacktest(defaultDetectorConfig());
  return essence(records.flatMap((record) => backtest.push(record)));
}
