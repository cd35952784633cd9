/**
 * Prints six hours of five agents as OTLP/JSON lines, the same on every run, for docs/guides/promote-a-detector.md: two importers, of which one goes
 * wrong for some minutes, a reporter that has more to do once, and two that answer customers.
 */
const BEGIN_MS = Date.parse('2026-11-16T08:00:00Z');
const HOURS_MS = 6 * 3_600_000;
const SPANS_PER_LINE = 50;

/** Batches unlike the others: the report of the quarter, which is as it should be, and the importer that goes wrong. */
const UNUSUAL = [
  { agent: 'reporter', fromMs: 3 * 3_600_000, untilMs: 3.3 * 3_600_000, calls: 40, paceMs: 1_800, factor: 1.2 },
  { agent: 'importer-2', fromMs: 4.5 * 3_600_000, untilMs: 4.6 * 3_600_000, calls: 240, paceMs: 1_000, factor: 6 },
] as const;

interface Habit {
  readonly agent: string;
  readonly name: string;
  readonly everyMs: number;
  readonly calls: number;
  readonly usd: number;
}

const HABITS: readonly Habit[] = [
  { agent: 'importer-1', name: 'importer', everyMs: 240_000, calls: 8, usd: 0.012 },
  { agent: 'importer-2', name: 'importer', everyMs: 240_000, calls: 8, usd: 0.012 },
  { agent: 'reporter', name: 'reporter', everyMs: 900_000, calls: 14, usd: 0.06 },
  { agent: 'support-1', name: 'support', everyMs: 150_000, calls: 3, usd: 0.02 },
  { agent: 'support-2', name: 'support', everyMs: 150_000, calls: 3, usd: 0.02 },
];

let state = 7;
/** Between 0 and 1, the same on every run (mulberry32). */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

interface Call {
  readonly habit: Habit;
  readonly session: string;
  readonly atMs: number;
  readonly usd: number;
}

/** One batch: so many model calls, some seconds apart. */
function batch(habit: Habit, session: string, beginMs: number): Call[] {
  const unusual = UNUSUAL.find(({ agent, fromMs, untilMs }) => agent === habit.agent && beginMs >= fromMs && beginMs < untilMs);
  const { calls, paceMs, factor } = unusual ?? { calls: Math.round(habit.calls * (0.6 + random())), paceMs: 4_000, factor: 1 };
  let atMs = beginMs;
  return Array.from({ length: calls }, () => {
    atMs += paceMs * (0.5 + random());
    return { habit, session, atMs, usd: habit.usd * factor * (0.5 + random()) };
  });
}

function callsOf(habit: Habit): Call[] {
  const calls: Call[] = [];
  let number = 0;
  for (let atMs = random() * habit.everyMs; atMs < HOURS_MS; ) {
    number += 1;
    const made = batch(habit, `${habit.agent}/s${number}`, atMs);
    calls.push(...made);
    atMs = Math.max(atMs + habit.everyMs * (0.5 + random()), made.at(-1)?.atMs ?? 0);
  }
  return calls;
}

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

function spanOf({ habit, session, atMs, usd }: Call, index: number) {
  const startNs = BigInt(BEGIN_MS + Math.round(atMs)) * 1_000_000n;
  return {
    traceId: (index + 1).toString(16).padStart(32, '0'),
    spanId: (index + 1).toString(16).padStart(16, '0'),
    name: 'chat sorter',
    kind: 3,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 900_000_000n),
    attributes: [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.agent.id', habit.agent),
      attribute('gen_ai.agent.name', habit.name),
      attribute('gen_ai.conversation.id', session),
      attribute('gen_ai.request.model', 'sorter'),
      { key: 'belay.cost.nano_usd', value: { intValue: String(Math.round(usd * 1e9)) } },
    ],
  };
}

const spans = HABITS.flatMap(callsOf)
  .toSorted((a, b) => a.atMs - b.atMs)
  .map(spanOf);
for (let at = 0; at < spans.length; at += SPANS_PER_LINE) {
  const request = { resourceSpans: [{ scopeSpans: [{ spans: spans.slice(at, at + SPANS_PER_LINE) }] }] };
  process.stdout.write(`${JSON.stringify(request)}\n`);
}
