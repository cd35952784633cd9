import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decision } from '@belay/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { openHistory } from './history-source.ts';
import type { SourceItem } from './record-source.ts';

const EVENT = decision({ n: 1 });
const LINE = JSON.stringify({
  ...EVENT,
  intent: 'pay them',
  call: { name: 'pay', effect: 'write', destinations: [], argumentsPreview: '{"to":"x"}' },
});

/** A control that answers with these lines of history, and breaks off after them where it shall. */
async function control(lines: readonly string[], { breaksOff = false } = {}): Promise<string> {
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/v1/history/records')) return response.end('{}');
    response.write(lines.join('\n'), () => (breaksOff ? response.destroy() : response.end()));
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(url: string, more: object = {}): Promise<SourceItem[]> {
  const source = await openHistory({
    ...{ sinceUs: 0, untilUs: EVENT.receivedUs + 1, agents: '*', tenant: 'default', clickhouse: undefined, data: '/nonexistent' },
    connection: { control: url, collector: url, token: 'token', platform: undefined },
    signal: new AbortController().signal,
    ...more,
  });
  const items: SourceItem[] = [];
  for await (const item of source.items()) items.push(item);
  return items;
}

test('history comes as it was stored; with capture off without previews and sentences', async () => {
  const url = await control([LINE]);
  expect((await read(url)).map(({ record }) => record)).toEqual([JSON.parse(LINE)]);
  const [item] = await read(url, { capture: 'off' });
  expect(item?.record).toMatchObject({ id: EVENT.id, call: { name: 'pay' } });
  expect(JSON.stringify(item)).not.toMatch(/pay them|argumentsPreview/);
});

test('a history that breaks off is no history: it is said, and what to do', async () => {
  const url = await control([LINE, LINE, ''], { breaksOff: true });
  await expect(read(url)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('broke off'),
    hint: expect.stringContaining('--since'),
  });
});

test('a window that ends before it begins is refused before anything is asked', async () => {
  await expect(read('http://127.0.0.1:1', { sinceUs: 2, untilUs: 1 })).rejects.toMatchObject({ exitCode: 2 });
});
