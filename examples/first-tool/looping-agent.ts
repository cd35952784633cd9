// An agent that loops, until somebody stops it: Belay's detector, or you with `belay pause looping-agent`.
// Run it in the repository, after `npm start`, on any Node:  npx node examples/first-tool/looping-agent.ts
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgent, isActionRefusal } from '@belay/instrumentation';

const agent = createAgent({ id: 'looping-agent', whenPaused: 'refuse' });
const search = agent.tool({ name: 'search_orders', effect: 'read', run: async ({ query }: { query: string }) => ({ query, hits: [] }) });

agent.onControl(({ state, holds }) => process.stdout.write(`${state}: ${holds.map((hold) => hold.reason).join('; ') || 'released'}\n`));

await agent.session({ id: `chat-${process.pid}` }, async () => {
  for (let i = 0; i < 100; i += 1) {
    try {
      await search({ query: 'order 1234' }, { intent: 'Find order 1234.' });
      await sleep(200);
    } catch (error) {
      if (!isActionRefusal(error)) throw error;
      process.stdout.write(`${error.code}: ${error.message}\n`);
      break;
    }
  }
});
await agent.shutdown();
