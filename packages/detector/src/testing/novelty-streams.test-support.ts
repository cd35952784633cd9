import type { DecisionEvent } from '@belay/protocol';
import { type DecisionOverrides, decision, MANUAL_CLOCK_START_US } from '@belay/testkit';

/** A read of the office agent: nothing new about it. `n` numbers the stream, six calls are a session. */
export const look = (n: number, overrides: DecisionOverrides = {}): DecisionEvent =>
  officeCall(n, { name: 'read_inbox', effect: 'read' }, overrides);

/** A mail of the office agent. */
export const mail = (n: number, to: string, overrides: DecisionOverrides = {}): DecisionEvent => {
  const domain = to.slice(to.indexOf('@') + 1);
  return officeCall(
    n,
    {
      name: 'send_mail',
      effect: 'write',
      destinations: [`mailto:${domain}`, `mailto:${to}`],
      features: [{ role: 'to', kind: 'mail', hash: hashOf(to), length: to.length }],
    },
    overrides,
  );
};

/** An office agent that reads its inbox and writes to two colleagues: `sessions` of six calls each. */
export const officeStream = (sessions: number, from = 0): DecisionEvent[] =>
  Array.from({ length: sessions * 6 }, (_, i) => {
    const n = from + i + 1;
    return i % 3 === 2 ? mail(n, i % 2 === 0 ? 'ann@acme.shop' : 'bob@acme.shop') : look(n);
  });

function officeCall(n: number, call: NonNullable<DecisionOverrides['call']>, overrides: DecisionOverrides): DecisionEvent {
  return decision({
    n,
    startUs: MANUAL_CLOCK_START_US + n * 5e6,
    agent: { name: 'office' },
    sessionId: `session-${Math.floor((n - 1) / 6)}`,
    ...overrides,
    call: { destinations: [], features: [], digest: `sha256:${call.name}-${n % 3}`, ...call, ...overrides.call },
  });
}

/** 16 hex digits that depend on the text. */
function hashOf(text: string): string {
  return Buffer.from(text.padEnd(8, '.')).subarray(0, 8).toString('hex');
}
