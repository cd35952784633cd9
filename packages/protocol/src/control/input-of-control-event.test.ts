import { arbitraryOf } from '@belay/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputRecordSchema } from '../event/input-record.ts';
import { type ControlEvent, controlEventSchema } from './control-event.ts';
import { inputOfControlEvent } from './input-of-control-event.ts';

const base = { v: 1, id: 'e', tenant: 'acme', agentId: 'a', atUs: 7, actor: 'ann' } as const;
const ack = { agentId: 'a', commandId: 'c', epoch: 3, runId: 'r', atUs: 1, lastStartedSeq: 9, inFlight: 0 } as const;
const run = { agentId: 'a', runId: 'r', state: 'running', epoch: 0, lastSeq: 900 } as const;
const beat = { ...run, sessions: [], longestTimeoutMs: 0, droppedSpans: 2, atUs: 1 };

describe('what detectors are told of a control event', () => {
  it('passes the schema of input records, whatever the event holds', () => {
    fc.assert(
      fc.property(arbitraryOf(controlEventSchema), (event) => {
        const record = inputOfControlEvent(event);
        if (record !== undefined) expect(inputRecordSchema.safeParse(record).error).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is the hold with its action, scope and epoch', () => {
    const hold = { id: 'h', action: 'kill', scope: 'run', scopeId: 'r', reason: 'why', placedUs: 1 } as const;
    const event: ControlEvent = {
      ...base,
      type: 'hold.placed',
      epoch: 4,
      commandId: 'c',
      hold: { ...hold, cause: { kind: 'operator', ref: 'ann' } },
    };
    expect(inputOfControlEvent(event)).toMatchObject({
      holdId: 'h',
      change: 'placed',
      action: 'kill',
      scope: 'run',
      scopeId: 'r',
      epoch: 4,
    });
  });

  it.each([
    ['applied', true],
    ['confirmed', true],
    ['received', false],
    ['rejected', false],
    ['failed', false],
  ] as const)('is, of an acknowledgement "%s", a record: %s', (state, isTold) => {
    const record = inputOfControlEvent({ ...base, type: 'ack', ack: { ...ack, state } });
    expect(record !== undefined).toBe(isTold);
    if (isTold) expect(record).toMatchObject({ record: 'ack', runId: 'r', commandId: 'c', epoch: 3, state, lastStartedSeq: 9, atUs: 7 });
  });

  it('names the 256 oldest actions in flight of a heartbeat, and no number that is none', () => {
    const inFlightSeqs = [-3, ...Array.from({ length: 300 }, (_, i) => 400 - i)];
    const record = inputOfControlEvent({ ...base, type: 'heartbeat', heartbeat: { ...beat, inFlightSeqs } });
    expect(record).toMatchObject({ record: 'heartbeat', lastSeq: 900, droppedSpans: 2, state: 'running' });
    expect(record?.record === 'heartbeat' ? [record.inFlightSeqs.length, record.inFlightSeqs[0], record.inFlightSeqs[255]] : []).toEqual([
      256, 101, 356,
    ]);
  });

  it('is for all agents of the labels when the event names none', () => {
    const event: ControlEvent = { ...base, agentId: '*', type: 'mode.changed', detector: 'loop', mode: 'default', agentName: 'billing*' };
    expect(inputOfControlEvent(event)).toEqual({
      ...{ v: 1, record: 'mode', id: 'e', tenant: 'acme', detector: 'loop', mode: 'default', agentName: 'billing*', atUs: 7 },
    });
    expect(inputOfControlEvent({ ...base, type: 'mode.changed', detector: 'loop', mode: 'loud' })).toBeUndefined();
  });

  it('leaves out what detectors need not know', () => {
    expect(inputOfControlEvent({ ...base, type: 'run.state', runId: 'r', to: 'paused' })).toBeUndefined();
  });
});
