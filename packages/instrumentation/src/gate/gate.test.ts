import type { Hold, RunState } from '@belay/protocol';
import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';
import { type InFlightAction, InFlightSet } from './in-flight.ts';

const hold = (action: Hold['action'], scope: Hold['scope'] = 'agent', scopeId = 'a'): Hold => ({
  id: `${action}-${scope}`,
  action,
  scope,
  scopeId,
  reason: 'r',
  cause: { kind: 'operator', ref: 'o' },
  placedUs: 0,
});

function gateWith(inFlightOnPause: 'finish' | 'abort' = 'finish') {
  const inFlight = new InFlightSet();
  const states: RunState[] = [];
  const aborted: { seq: number; reason: Error }[] = [];
  const gate = new Gate({
    run: { agentId: 'a', runId: 'r' },
    inFlight,
    inFlightOnPause,
    abortReason: ({ action }) => new Error(action),
    onRunState: (state) => states.push(state),
  });
  const begin = (seq: number, sessionIds: readonly string[] = [], passesPause = false): InFlightAction => {
    const action: InFlightAction = { seq, sessionIds, timeoutMs: 1, passesPause, abort: (reason) => aborted.push({ seq, reason }) };
    inFlight.add(action);
    return action;
  };
  const settle = (action: InFlightAction): void => {
    inFlight.remove(action);
    gate.settled();
  };
  return { gate, inFlight, states, aborted, begin, settle };
}

const anywhere = { sessionIds: [] };

describe('the gate', () => {
  it('is closed when apply returns', () => {
    const { gate, states } = gateWith();
    gate.apply([hold('pause')], 'c1');
    expect(gate.holdFor(anywhere)?.action).toBe('pause');
    expect(gate.commandId).toBe('c1');
    expect(states).toEqual(['pausing', 'paused']);
  });

  it('does not wait for reads that may go on while paused, nor aborts them, and kills them all the same', async () => {
    const { gate, aborted, begin } = gateWith('abort');
    begin(1, [], true);
    gate.apply([hold('pause')], 'c1');
    begin(2, [], true);
    await gate.drained(gate.holds);
    expect([gate.state, gate.coveredInFlight(), aborted]).toEqual(['paused', 0, []]);
    gate.apply([hold('kill')], 'c2');
    expect([gate.state, gate.coveredInFlight()]).toEqual(['killing', 2]);
    expect(aborted.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('is paused only when what was in flight has settled', async () => {
    const { gate, states, begin, settle } = gateWith();
    const action = begin(1);
    gate.apply([hold('pause')], 'c1');
    expect(gate.state).toBe('pausing');
    const drained = gate.drained(gate.holds);
    settle(action);
    await drained;
    expect(states).toEqual(['pausing', 'paused']);
  });

  it('aborts on a kill always, on a pause by configuration, and only what the hold covers', () => {
    for (const [onPause, action, expected] of [
      ['finish', 'pause', []],
      ['abort', 'pause', [1]],
      ['finish', 'kill', [1]],
    ] as const) {
      const { gate, aborted, begin } = gateWith(onPause);
      begin(1, ['s1']);
      begin(2, ['s2']);
      gate.apply([hold(action, 'session', 's1')], 'c');
      expect(aborted.map((each) => each.seq)).toEqual(expected);
    }
  });

  it('opens only when the last hold is gone', async () => {
    const { gate } = gateWith();
    gate.apply([hold('pause'), hold('pause', 'run', 'r')], 'c1');
    const { outcome } = gate.wait(anywhere);
    gate.apply([hold('pause', 'run', 'r')], 'c2');
    expect(gate.waiting).toBe(1);
    gate.apply([], 'c3');
    expect(await outcome).toEqual({ clear: true });
    expect(gate.state).toBe('running');
  });

  it('falls back from a released kill to a pause that is left', () => {
    const { gate, states } = gateWith();
    gate.apply([hold('kill'), hold('pause')], 'c1');
    gate.apply([hold('pause')], 'c2');
    gate.apply([], 'c3');
    expect(states).toEqual(['killing', 'killed', 'paused', 'running']);
  });

  it('tells who waits that the run has ended, and stays shut', async () => {
    const { gate } = gateWith();
    gate.apply([hold('pause')], 'c1');
    const { outcome } = gate.wait(anywhere);
    gate.end();
    expect(await outcome).toEqual({ ended: true });
    gate.apply([], 'c2');
    expect(gate.state).toBe('ended');
    expect(await gate.wait(anywhere).outcome).toEqual({ ended: true });
  });

  it('forgets a wait that was given up', () => {
    const { gate } = gateWith();
    gate.apply([hold('pause')], 'c1');
    gate.wait(anywhere).cancel();
    expect(gate.waiting).toBe(0);
  });
});

describe('the in-flight set', () => {
  it('knows the last seq that began, also when it is over', () => {
    const { inFlight, begin, settle } = gateWith();
    settle(begin(7));
    begin(5);
    expect(inFlight.lastStartedSeq).toBe(7);
    expect(inFlight.seqs(10)).toEqual([5]);
  });
});
