import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.test-support.ts';
import { fakeCollector } from '../testing/fake-collector.test-support.ts';
import { fakeControl } from '../testing/fake-control.test-support.ts';
import { FOREVER_MS } from '../testing/patience.test-support.ts';

const HOST = join(import.meta.dirname, '../testing/stopped-host-main.test-support.ts');

async function startHost(how: string, { ackDelayMs = 0, environment = {} } = {}) {
  const [collector, control] = [await fakeCollector(), await fakeControl('host')];
  control.ackDelayMs = ackDelayMs;
  const child = spawn(process.execPath, ['--conditions=belay-source', HOST], {
    stdio: 'ignore',
    env: {
      ...process.env,
      HOST_STOPPED: how,
      BELAY_ENDPOINT: collector.url,
      BELAY_CONTROL_ENDPOINT: control.url,
      BELAY_TOKEN: control.token,
      ...environment,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const heard = () => eventually(() => control.heartbeats.find((beat) => beat.unprotectedSinceUs === undefined), 'heard');
  return { collector, control, exited, heard };
}

describe('a host that is paused and then killed while it waits', () => {
  it.each([
    ['does not catch the refusal', 'waits', 1],
    ['catches the refusal and is done', 'catches', 0],
  ])('and %s: the kill is confirmed before the process is gone', async (_what, how, exitCode) => {
    const { control, exited, heard } = await startHost(how, { ackDelayMs: 30 });
    await heard();
    const pause = await control.hold({ action: 'pause' });
    await eventually(() => control.acked(pause, 'confirmed'), 'paused');
    const kill = await control.hold({ action: 'kill' });
    expect(await exited).toBe(exitCode);
    expect(control.acked(kill, 'applied')).toBeDefined();
    expect(control.acked(kill, 'confirmed')).toMatchObject({ inFlight: 0 });
    expect(control.heartbeats.some((beat) => beat.state === 'killed')).toBe(true);
  });
});

it('a host that is killed in the middle of a call has said so before the call is refused', async () => {
  const { control, exited, heard } = await startHost('aborted', { ackDelayMs: 30 });
  await heard();
  await eventually(() => control.heartbeats.length > 0, 'registered');
  const kill = await control.hold({ action: 'kill' });
  expect(await exited).toBe(1);
  expect(control.acked(kill, 'confirmed')).toMatchObject({ inFlight: 0 });
});

it('a control that does not take acknowledgements holds up a refusal for a moment only', async () => {
  const { control, exited, heard } = await startHost('waits', { ackDelayMs: FOREVER_MS, environment: { HOST_ACK_FIRST_MS: '300' } });
  await heard();
  await control.hold({ action: 'kill' });
  expect(await exited).toBe(1);
  expect(control.acks).toEqual([]);
});

it.each([
  ['is caught in a stop and done', 'catches'],
  ['is over before control was heard', 'short'],
])('a host that %s, without shutdown(): its run is ended, not lost, and its end is on record', async (_what, how) => {
  const { collector, control, exited, heard } = await startHost(how);
  if (how === 'catches') {
    await heard();
    await control.hold({ action: 'kill' });
  }
  expect(await exited).toBe(0);
  expect(control.heartbeats.at(-1)).toMatchObject({ state: 'ended' });
  expect(collector.named('end_run')).toHaveLength(1);
});
