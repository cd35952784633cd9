import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from './bus.ts';
import { busContract } from './bus-contract.ts';
import { openLog } from './contract/open-log.test-support.ts';

busContract({
  name: 'node:sqlite',
  async fresh() {
    const folder = await mkdtemp(join(tmpdir(), 'belay-bus-'));
    const address = { kind: 'embedded', path: join(folder, 'log.db') } as const;
    const opened: Bus[] = [];
    return {
      address,
      async open(options) {
        const bus = await openLog(address, options);
        opened.push(bus);
        return bus;
      },
      async dispose() {
        await Promise.all(opened.map((bus) => bus.close()));
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
});
