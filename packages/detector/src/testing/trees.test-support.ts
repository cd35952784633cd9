import type { Anomaly, DecisionEvent, InputRecord } from '@belay/protocol';
import { type DecisionOverrides, decision, MANUAL_CLOCK_START_US } from '@belay/testkit';
import { createBacktest } from '../backtest.ts';
import { parseDetectorConfig } from '../config.ts';

/** What `conversation_loop` says of a stream, enforced unless said otherwise. */
export function treeAnomalies(
  stream: readonly (DecisionEvent | InputRecord)[],
  { own = {}, modes = [{ detector: 'conversation_loop', mode: 'enforce' }] as readonly object[], accepted = [] as readonly object[] } = {},
): Anomaly[] {
  const parsed = parseDetectorConfig({ modes, accepted, detectors: { conversation_loop: own } });
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const backtest = createBacktest(parsed.config);
  return stream.flatMap((record) => backtest.push(record)).filter(({ detector }) => detector === 'conversation_loop');
}

/** An anomaly in short. */
export const inShort = ({ rule, severity, response, agentId, sessionId }: Anomaly): string =>
  `${rule} ${severity} ${response} ${agentId}/${sessionId}`;

let n = 0;

/** An agent of a tree that acts: its decisions are numbered over all agents and two seconds apart. */
export const acts = (agentId: string, sessionId: string, more: DecisionOverrides = {}): DecisionEvent => {
  n++;
  return decision({
    n,
    agentId,
    sessionId,
    rootSessionId: 'root',
    runId: `run-of-${agentId}`,
    startUs: MANUAL_CLOCK_START_US + n * 2_000_000,
    ...more,
  });
};

/** `from` hands `to` a message. */
export const hands = (
  from: string,
  sessionId: string,
  to: string,
  message: { digest: string; sketch?: string },
  more: DecisionOverrides = {},
) => acts(from, sessionId, { kind: 'agent', ...more, call: { name: to, effect: 'write', destinations: [`agent:${to}`], ...message } });

const answerTo = <M extends { digest: string }>(message: M): M => ({ ...message, digest: `answer-${message.digest}` });

/** Planner and reviewer give each other the same work `rounds` times; each round each of them thinks with a model first. */
export const pingPong = (
  rounds: number,
  message: (round: number) => { digest: string; sketch?: string } = () => ({ digest: 'same' }),
): DecisionEvent[] =>
  Array.from({ length: rounds }, (_, round) => [
    acts('planner', 'root', { kind: 'model', call: undefined, costNanoUsd: 10_000_000 }),
    hands('planner', 'root', 'reviewer', message(round)),
    acts('reviewer', 'review', { kind: 'model', call: undefined, costNanoUsd: 10_000_000 }),
    hands('reviewer', 'review', 'planner', answerTo(message(round))),
  ]).flat();
