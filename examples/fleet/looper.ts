// Stuck: asks for an invoice that does not exist, and asks again. Belay pauses its conversation.
import { createAgent } from '@belay/instrumentation';
import { conversation, get, pause, say, workAs } from './company.ts';

const agent = createAgent({ id: 'looper', name: 'invoice-support', version: '1.0.0' });

const findInvoice = agent.tool({
  name: 'find_invoice',
  effect: 'read',
  run: (input: { number: string }, { signal }) => get<{ found: boolean }>(`/invoices/${input.number}`, signal),
});

const work = async (): Promise<void> => {
  for (;;) {
    const invoice = await findInvoice({ number: 'INV-2207' }, { intent: 'Find invoice INV-2207 to answer the customer.' });
    say(`find_invoice {"number":"INV-2207"} → ${JSON.stringify(invoice)}`);
    await pause(120);
  }
};
await workAs(agent, () => agent.session({ id: conversation('looper') }, work));
