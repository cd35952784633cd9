import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, systemRandom } from '@belay/protocol';
import { expect, it } from 'vitest';
import { Gate } from '../gate/gate.ts';
import { InFlightSet } from '../gate/in-flight.ts';
import { ControlClient } from './control-client.ts';
import { DEFAULT_CONTROL_TIMES } from './control-times.ts';

/** A client that was not started: nothing of control comes. */
function clientForTest(): ControlClient {
  const inFlight = new InFlightSet();
  return new ControlClient({
    endpoint: { url: 'http://127.0.0.1:1', token: '', audience: '', thumbprint: '' },
    agentId: 'a',
    runId: 'r',
    gate: new Gate({ run: { agentId: 'a', runId: 'r' }, inFlight, inFlightOnPause: 'finish', abortReason: () => new Error() }),
    inFlight,
    clock: systemClock,
    random: systemRandom,
    logger: { warn: () => undefined },
    heartbeatMs: 1000,
    report: () => expect.unreachable(),
    onStop: () => undefined,
    times: DEFAULT_CONTROL_TIMES,
  });
}

it('a wait for control that a stall outlasts ends only after what came during it was read', async () => {
  const order: string[] = [];
  const waited = clientForTest()
    .contactChange(400)
    .then(() => order.push('time is up'));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  // What came is read in the second turn at the latest, behind every timer that was due.
  await nextTurn();
  await nextTurn();
  order.push('what came was read');
  await waited;
  expect(order).toEqual(['what came was read', 'time is up']);
});
