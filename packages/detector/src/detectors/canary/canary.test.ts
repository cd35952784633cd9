import { decision } from '@belay/testkit';
import { expect, test } from 'vitest';
import { createWatched, play } from '../../testing/watch.test-support.ts';
import { canaryDetector } from './canary.ts';

const canary = (n: number, overrides = {}) =>
  decision({ n, agentId: 'belay-canary-1', sessionId: `canary-${n}`, call: { name: 'belay.canary' }, ...overrides });
const heard = (...events: ReturnType<typeof canary>[]) => play(createWatched(canaryDetector), events);

test('each canary decision is answered, for its own session', () => {
  const found = heard(canary(1), canary(2));
  expect(found.map(({ finding }) => ({ severity: finding.severity, scope: finding.scope, cause: finding.cause }))).toEqual([
    { severity: 'info', scope: 'session', cause: canary(1).id },
    { severity: 'info', scope: 'session', cause: canary(2).id },
  ]);
});

test('another tool of the canary agent, the tool of another agent, and a refused call are not', () => {
  expect(
    heard(
      canary(1, { call: { name: 'search' } }),
      canary(2, { agentId: 'agent-1' }),
      canary(3, { outcome: { status: 'blocked' } }),
      canary(4, { kind: 'proposal' }),
    ),
  ).toEqual([]);
});
