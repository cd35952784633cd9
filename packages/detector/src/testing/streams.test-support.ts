import type { DecisionEvent } from '@belay/protocol';
import { createSeededRandom, type DecisionOverrides, decision, MANUAL_CLOCK_START_US, modelCall } from '@belay/testkit';

const SECOND_US = 1_000_000;

/** A call of `tool` with arguments `args` and result `result`, one second after the one before; `n` numbers the stream. */
export function call(n: number, args: string, result: string | undefined, overrides: DecisionOverrides = {}): DecisionEvent {
  const { outcome, call: callOverrides, ...rest } = overrides;
  const event = decision({
    n,
    ...rest,
    call: { digest: `sha256:${args}`, ...callOverrides },
    outcome: { resultDigest: `sha256:${result}`, ...outcome },
  });
  if (result === undefined && event.outcome !== undefined) delete event.outcome.resultDigest;
  return event;
}

/** A failing call. */
export const failure = (n: number, args: string, error: string, overrides: DecisionOverrides = {}): DecisionEvent =>
  call(n, args, error, { ...overrides, outcome: { status: 'error', errorType: 'ToolError', errorClass: 'tool', ...overrides.outcome } });

/** A healthy agent: many tools, changing arguments and results, some failures, turns, model calls of steady cost; seeded. */
export function cleanStream(count: number, seed = 7): DecisionEvent[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const n = i + 1;
    const at = { n, startUs: MANUAL_CLOCK_START_US + n * 7 * SECOND_US, turn: 1 + Math.floor(i / 25) };
    if (random.next() < 0.4)
      return modelCall({
        ...at,
        outcome: { status: 'ok', resultDigest: `sha256:message-${n}` },
        costNanoUsd: 2_000_000 + random.integer(0, 2_000_000),
      });
    const name = random.pick(['search', 'read_file', 'write_file', 'list_orders', 'send_mail']);
    if (random.next() < 0.05) return failure(n, `args-${n}`, `error-${n}`, { ...at, call: { name } });
    return call(n, `args-${random.integer(0, 500)}`, `result-${random.integer(0, 500)}`, { ...at, call: { name } });
  });
}
