import { anomaly } from '@belay/testkit';
import { expect, it } from 'vitest';
import type { OperatorClient } from '../client/operator-client.ts';
import { createTerminal } from '../output/terminal.ts';
import { sayRefusals } from './say-refusals.ts';

it('the terminal of the platform says which agent was not held, once, and nothing of what was', async () => {
  const written = { out: '' };
  const over = new AbortController();
  const terminal = createTerminal({ out: { write: (text) => (written.out += text) }, err: { write: () => true } }, {});
  const found = [
    anomaly({ agentId: 'held', response: 'pause' }),
    anomaly({ agentId: 'loose', response: 'notify', suppressed: 'breaker' }),
    anomaly({ agentId: 'loose', response: 'notify', suppressed: 'breaker' }),
    anomaly({ agentId: 'last', response: 'notify', suppressed: 'breaker' }),
  ];
  const text = found.map((each) => `event: anomaly\ndata: ${JSON.stringify(each)}\n\n`).join('');
  const stream = async (): Promise<ReadableStream<Uint8Array>> => new Response(text).body ?? new ReadableStream();
  const client = { stream } as Partial<OperatorClient> as OperatorClient;
  const done = sayRefusals(client, { terminal, signal: over.signal });
  const until = performance.now() + 100_000;
  while (!written.out.includes('last') && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  over.abort();
  await done;
  expect(written.out.match(/loose +NOT HELD/g)).toHaveLength(1);
  expect(written.out).not.toContain(' held ');
});
