import type { Hold } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { decidingHold } from './hold-scope.ts';

const run = { agentId: 'a', runId: 'r' };
const hold = (id: string, action: Hold['action'], scope: Hold['scope'], scopeId: string): Hold => ({
  id,
  action,
  scope,
  scopeId,
  reason: '',
  cause: { kind: 'operator', ref: '' },
  placedUs: 0,
});

describe('the hold that decides', () => {
  it.each([
    ['none', [], undefined],
    ['an agent hold covers everything', [hold('1', 'pause', 'agent', 'a')], '1'],
    ["another agent's hold covers nothing", [hold('1', 'pause', 'agent', 'b')], undefined],
    ['a run hold covers this run', [hold('1', 'kill', 'run', 'r')], '1'],
    ["another run's hold does not", [hold('1', 'kill', 'run', 'r2')], undefined],
    ['a session hold covers its session', [hold('1', 'pause', 'session', 's')], '1'],
    ['and those inside it', [hold('1', 'pause', 'session', 'outer')], '1'],
    ['but no other', [hold('1', 'pause', 'session', 'a')], undefined],
    ['a kill comes before a pause', [hold('1', 'pause', 'agent', 'a'), hold('2', 'kill', 'session', 's')], '2'],
  ])('%s', (_what, holds, expected) => {
    expect(decidingHold(holds, run, { sessionIds: ['s', 'outer'] })?.id).toBe(expected);
  });
});
