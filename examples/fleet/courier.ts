// Well-behaved: takes orders one by one, ships each, tells the customer.
import { createAgent } from '@belay/instrumentation';
import { conversation, get, pause, post, say, workAs } from './company.ts';

interface Order {
  id: string;
  item: string;
  quantity: number;
}

const agent = createAgent({ id: 'courier', name: 'courier', version: '1.3.0' });

const readOrder = agent.tool({
  name: 'get_order',
  effect: 'read',
  run: (input: { id: string }, { signal }) => get<Order>(`/orders/${input.id}`, signal),
});
const ship = agent.tool({
  name: 'create_shipment',
  effect: 'write',
  run: (input: { orderId: string; item: string; quantity: number }, { signal }) =>
    post<{ stored: boolean }>(`/shipments/${input.orderId}`, input, signal),
});

await workAs(agent, async () => {
  for (const id of ['1041', '1042', '1043', '1044', '1045', '1046']) {
    await agent.session({ id: conversation(`courier-${id}`) }, (session) =>
      session.task({ name: 'ship an order' }, async () => {
        const order = await readOrder({ id }, { intent: `Get order ${id}.` });
        say(`get_order {"id":"${id}"} → ${order.quantity} × ${order.item}`);
        await ship({ orderId: id, item: order.item, quantity: order.quantity }, { intent: `Create the shipment of order ${id}.` });
        say(`create_shipment {"orderId":"${id}"} → stored`);
      }),
    );
    await pause(250);
  }
});
