// An agent for tests: healthy work, each call another one, until it is refused.
import { createAgent, isActionRefusal } from '@belay/instrumentation';

const agent = createAgent({ id: 'ticker', version: '1.0.0' });
const tick = agent.tool({ name: 'read_page', effect: 'read', run: async ({ page }: { page: number }) => ({ page, words: page * 7 }) });

try {
  for (let page = 1; ; page += 1) {
    await tick({ page });
    process.stdout.write(`tick ${page}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
} catch (error) {
  if (!isActionRefusal(error)) throw error;
  process.stdout.write(`refused: ${error.code}\n`);
  await agent.shutdown();
}
