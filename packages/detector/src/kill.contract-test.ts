import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createEmbeddedBus } from '@belay/bus';
import { type Anomaly, systemClock } from '@belay/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectAnomalies } from './testing/collect-anomalies.test-support.ts';
import {
  essence,
  KILL_POINTS,
  killSteps,
  killStream,
  publishSteps,
  publishStream,
  runChild,
  undisturbed,
  undisturbedTrees,
} from './testing/kill-points.test-support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-detector-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Findings of detectors that are killed at every point, one after the other, on what was published. */
async function foundAfterKills(
  name: string,
  publish: (bus: Bus) => Promise<void>,
  expected: readonly string[],
): Promise<{ killed: number; found: readonly Anomaly[] }> {
  const path = join(folder, `${name}.sqlite`);
  const writer = await createEmbeddedBus({ path, clock: systemClock });
  await writer.ensureTopics();
  await publish(writer);
  await writer.close();

  let killed = 0;
  for (const kill of KILL_POINTS) if (!(await runChild({ log: { kind: 'embedded', path }, kill }))) killed++;
  expect(await runChild({ log: { kind: 'embedded', path } })).toBe(true);

  const reader = await createEmbeddedBus({ path, clock: systemClock });
  const found = await collectAnomalies(reader, expected.length);
  await reader.close();
  return { killed, found };
}

test('kill -9 before and after publishing and checkpointing, again and again, changes no finding', async () => {
  const records = killStream();
  const expected = undisturbed(records);
  const { killed, found } = await foundAfterKills('agents', (bus) => publishStream(bus, records), expected);
  expect(killed).toBeGreaterThanOrEqual(12);
  expect(expected.length).toBeGreaterThan(60);
  expect(essence(found)).toEqual(expected);
  expect(found.length).toBeGreaterThan(expected.length);
});

test('nor does it change what is found in trees of agents', async () => {
  const steps = killSteps();
  const expected = undisturbedTrees(steps);
  const { killed, found } = await foundAfterKills('trees', (bus) => publishSteps(bus, steps), expected);
  expect(killed).toBeGreaterThanOrEqual(8);
  expect(expected.length).toBeGreaterThanOrEqual(60);
  expect(essence(found)).toEqual(expected);
});
