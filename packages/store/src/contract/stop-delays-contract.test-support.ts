import type { ControlEvent } from '@belay/protocol';
import { anomaly } from '@belay/testkit';
import { expect, it } from 'vitest';
import { BASE_US, newTenant, type StoreUnderTest, windowOf } from './store-under-test.test-support.ts';

const MS_US = 1000;

const event = (
  tenant: string,
  id: string,
  atUs: number,
): { v: 1; id: string; tenant: string; agentId: string; atUs: number; actor: string } => ({
  v: 1,
  id,
  tenant,
  agentId: 'agent-1',
  atUs,
  actor: 'control',
});

/** A stop: hold placed `placedMs` after the anomaly, acknowledged as applied and confirmed after the given times. */
export function stop(tenant: string, n: number, delaysMs: { placed: number; applied: number; confirmed?: number }): ControlEvent[] {
  const commandId = `c${n}`;
  const placedUs = BASE_US + delaysMs.placed * MS_US;
  const hold = {
    id: `h${n}`,
    action: 'pause',
    scope: 'session',
    scopeId: 's',
    reason: 'loop',
    cause: { kind: 'anomaly', ref: `anomaly-${n}` },
    placedUs,
  } as const;
  const ack = (state: 'applied' | 'confirmed', afterMs: number): ControlEvent => ({
    ...event(tenant, `${commandId}-${state}`, placedUs + afterMs * MS_US),
    type: 'ack',
    ack: { agentId: 'agent-1', commandId, epoch: n, runId: 'run-1', state, atUs: 0, lastStartedSeq: 4, inFlight: 0 },
  });
  return [
    { ...event(tenant, `${commandId}-placed`, placedUs), type: 'hold.placed', epoch: n, commandId, hold },
    ack('applied', delaysMs.applied),
    ...(delaysMs.confirmed === undefined ? [] : [ack('confirmed', delaysMs.confirmed)]),
  ];
}

/** What the query of stop delays answers. */
export function stopDelaysContract(under: () => StoreUnderTest): void {
  it('stop delays are per leg on the clocks of the platform, and the unconfirmed count as stops', async () => {
    const tenant = newTenant();
    await under().store.writer.insertAnomalies([1, 2, 3].map((n) => anomaly({ tenant, id: `anomaly-${n}`, detectedUs: BASE_US })));
    const stops = [
      stop(tenant, 1, { placed: 2, applied: 10, confirmed: 20 }),
      stop(tenant, 2, { placed: 4, applied: 30, confirmed: 90 }),
      stop(tenant, 3, { placed: 6, applied: 50 }),
    ];
    await under().store.writer.insertControlEvents(stops.flat());
    await under().store.writer.insertControlEvents(stops.flat());
    expect(await under().store.queries.stopDelays(windowOf(tenant))).toEqual({
      stops: 3,
      confirmed: 2,
      detectedToPlacedP50Ms: 4,
      detectedToPlacedP99Ms: 6,
      placedToAppliedP50Ms: 30,
      placedToAppliedP99Ms: 50,
      placedToConfirmedP50Ms: 90,
      placedToConfirmedP99Ms: 90,
    });
  });

  it('stop delays of nothing are null, not zero', async () => {
    expect(await under().store.queries.stopDelays(windowOf(newTenant()))).toMatchObject({ stops: 0, placedToConfirmedP99Ms: null });
  });
}
