// Child process of bench/stops.ts: goes into a loop, is refused, and does it again in the next session, N times.
import { randomUUID } from 'node:crypto';
import { createAgent, isActionRefusal } from '@belay/instrumentation';

const [id = 'bench', times = '10', exportDelayMs = '50'] = process.argv.slice(2);

const agent = createAgent({ id, version: '1', whenPaused: 'refuse', exportDelayMs: Number(exportDelayMs) });
const findInvoice = agent.tool({ name: 'find_invoice', effect: 'read', run: async (_input: { number: string }) => ({ found: false }) });

const loopUntilRefused = async (): Promise<void> => {
  for (;;) {
    try {
      await findInvoice({ number: 'INV-2207' });
    } catch (error) {
      if (isActionRefusal(error)) return;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

for (let stop = 0; stop < Number(times); stop += 1) await agent.session({ id: `${id}-${randomUUID()}` }, loopUntilRefused);
await agent.shutdown();
