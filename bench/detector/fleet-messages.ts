import { type LogMessage, packLines } from '@belay/bus';
import { agentKey, type DecisionEvent, encodeEvent, TOPICS } from '@belay/protocol';
import { createSeededRandom, decision, MANUAL_CLOCK_START_US } from '@belay/testkit';

export const LINES_PER_MESSAGE = 20;

const random = createSeededRandom(1);

/** A decision as the collector writes it: about 1 kB, tools and model calls of a healthy fleet, one in fifty a repeat. */
function event(agents: number, { n, agent, seq }: { n: number; agent: number; seq: number }): DecisionEvent {
  const id = n.toString(16).padStart(16, '0');
  const isModel = n % 3 === 0;
  const same = random.next() < 0.02;
  return decision({
    id: `${id}${id}:${id}`,
    agentId: `agent-${agent}`,
    runId: `0197f000-0000-7000-8000-${String(agent).padStart(12, '0')}`,
    sessionId: `session-${agent}-${Math.floor(n / agents / 40)}`,
    seq,
    startUs: MANUAL_CLOCK_START_US + Math.floor(n / agents) * 5_000_000 + random.integer(0, 4_000_000),
    kind: isModel ? 'model' : 'tool',
    costNanoUsd: isModel ? random.integer(1, 9) * 1_000_000 : 0,
    intent: 'Look for the order that the customer asked about, then tell the customer when it will arrive.',
    usage: { inputTokens: random.integer(100, 9000), outputTokens: random.integer(10, 900) },
    call: {
      name: `tool_${random.integer(1, 12)}`,
      digest: `sha256:${same ? '0'.repeat(64) : id.repeat(4)}`,
      destinations: ['https://api.shop.example/orders/{id}', 'host:api.shop.example'],
      features: [
        { role: 'order', kind: 'id', hash: id, length: 12 },
        { role: 'fields.0', kind: 'text', hash: id, length: 20 },
      ],
      argumentsPreview: '{"order":"A-1042","fields":["status","eta"]}',
    },
    outcome: {
      status: 'ok',
      resultDigest: `sha256:${same ? '1'.repeat(64) : id.repeat(4)}`,
      resultBytes: 412,
      resultPreview: '{"status":"shipped","eta":"2026-01-09"}',
    },
  });
}

/** Messages with `count` decisions of a healthy fleet of `agents`, from decision `from` on, each with {@link LINES_PER_MESSAGE} of one agent. */
export function fleetMessages(agents: number, from: number, count: number): LogMessage[] {
  const made: LogMessage[] = [];
  for (let at = from; at < from + count; at += LINES_PER_MESSAGE) {
    const agent = Math.floor(at / LINES_PER_MESSAGE) % agents;
    const firstSeq = Math.floor(at / LINES_PER_MESSAGE / agents) * LINES_PER_MESSAGE;
    const lines = Array.from({ length: LINES_PER_MESSAGE }, (_, i) => encodeEvent(event(agents, { n: at + i, agent, seq: firstSeq + i })));
    for (const { value, key, headers } of packLines({
      topic: TOPICS.decisions,
      key: agentKey('acme', `agent-${agent}`),
      lines,
      timestampUs: 0,
    })) {
      made.push({ topic: TOPICS.decisions, partition: 0, offset: BigInt(at), key, value, headers: headers ?? {}, timestampUs: 0 });
    }
  }
  return made;
}
