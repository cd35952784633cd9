// Updates 200 products with one tool: many calls, all alike, none the same. Not a loop.
import { createAgent } from '@belay/instrumentation';
import { conversation, pause, post, say, workAs } from './company.ts';

const ITEMS = 200;

const agent = createAgent({ id: 'batcher', name: 'price-update', version: '1.0.0' });

const updateProduct = agent.tool({
  name: 'update_product',
  effect: 'write',
  run: (input: { sku: string; priceUsd: number }, { signal }) => post<{ stored: boolean }>(`/products/${input.sku}`, input, signal),
});

await workAs(agent, () =>
  agent.session({ id: conversation('batcher') }, (session) =>
    session.task({ name: 'update prices' }, async () => {
      for (let item = 1; item <= ITEMS; item += 1) {
        const sku = `SKU-${String(item).padStart(4, '0')}`;
        await updateProduct({ sku, priceUsd: 5 + item / 10 }, { intent: `Update the price of product ${sku}.` });
        if (item % 20 === 0) say(`update_product {"sku":"${sku}"} → stored, ${item} of ${ITEMS}`);
        await pause(15);
      }
    }),
  ),
);
