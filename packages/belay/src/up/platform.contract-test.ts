import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent } from '@belay/instrumentation';
import { systemClock, systemRandom } from '@belay/protocol';
import { createChdbStore } from '@belay/store';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { dataDirAt } from './data-dir.ts';
import { type Platform, startPlatform } from './platform.ts';
import { parseUpOptions } from './up-settings.ts';

const DECISIONS = 25;

async function startIn(data: string): Promise<Platform> {
  const free = { collectorPort: '0', controlPort: '0', metricsPort: '0' };
  const roles = 'control,collector,detector,archive';
  return startPlatform(parseUpOptions({ data, tenant: 'default', host: '127.0.0.1', ...free, roles, canary: false }), {
    dir: dataDirAt(data),
    clock: systemClock,
    random: systemRandom,
    logger: pino({ level: 'silent' }),
    steps: { run: (_what, task) => task() },
  });
}

async function acceptedDecisions({ collectorUrl = '', controlUrl = '' }: Platform, data: string): Promise<number> {
  const token = (await readFile(dataDirAt(data).token('agent'), 'utf8')).trim();
  const agent = createAgent({ id: 'worker', endpoint: collectorUrl, controlEndpoint: controlUrl, token });
  const work = agent.tool({ name: 'work', effect: 'read', run: ({ n }: { n: number }) => ({ n }) });
  for (let n = 1; n <= DECISIONS; n += 1) {
    await work({ n });
    await agent.flush();
  }
  await agent.shutdown();
  return agent.droppedSpans;
}

it('a stop leaves nothing that was accepted out of the history, up to the last decision', async () => {
  const data = await mkdtemp(join(tmpdir(), 'belay-platform-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const platform = await startIn(data);
  expect(await acceptedDecisions(platform, data)).toBe(0);
  expect(await platform.stop()).toEqual([]);
  const store = await createChdbStore({ path: dataDirAt(data).history });
  onTestFinished(() => store.close());
  const stored = await store.queries.recentDecisions({ tenant: 'default', agentId: 'worker', limit: 1_000 });
  expect(stored.filter(({ kind }) => kind === 'tool').map(({ seq }) => seq)).toEqual(
    Array.from({ length: DECISIONS }, (_, index) => DECISIONS - index),
  );
  expect(stored.filter(({ kind }) => kind === 'run_end')).toHaveLength(1);
});
