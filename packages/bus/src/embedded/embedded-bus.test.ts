import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, TOPICS } from '@belay/protocol';
import { createManualClock } from '@belay/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, outgoing, until } from '../contract/log.test-support.ts';
import { createEmbeddedBus } from './embedded-bus.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-bus-'));
  path = join(folder, 'log.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DAY_US = 86_400_000_000;
const open = (more: object = {}) => createEmbeddedBus({ path, clock: systemClock, ...more });

test('a second bus on the file is refused with a clear error, in this process and in another', async () => {
  const bus = await open();
  await expect(open()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('in use by another process') });
  const module = new URL('./embedded-bus.ts', import.meta.url).href;
  const clock = '{ nowUs: () => 0, monotonicUs: () => 0 }';
  const script = `const { createEmbeddedBus } = await import(${JSON.stringify(module)});
    await createEmbeddedBus({ path: ${JSON.stringify(path)}, clock: ${clock} }).catch((error) => { console.log(error.code); process.exit(3); });`;
  const child = spawnSync(process.execPath, ['--conditions=belay-source', '--input-type=module', '-e', script], { encoding: 'utf8' });
  expect([child.status, child.stdout.trim()]).toEqual([3, 'conflict']);
  await bus.close();
  await (await open()).close();
});

test('the partition count is the one the file was created with', async () => {
  await (await open({ partitions: 7 })).close();
  const again = await open();
  expect(await again.partitions(TOPICS.decisions)).toBe(7);
  await again.close();
  await expect(open({ partitions: 8 })).rejects.toMatchObject({ code: 'bad_configuration' });
  await (await open({ partitions: 7 })).close();
});

test('a damaged file is reported as such', async () => {
  writeFileSync(path, 'x'.repeat(20_000));
  await expect(open()).rejects.toMatchObject({ code: 'corrupt', retryable: false });
});

test('retention removes what is too old and keeps offsets growing; consumers go on with what is left', async () => {
  const clock = createManualClock();
  const bus = await open({ clock });
  const publish = (...texts: string[]): Promise<void> =>
    bus.publisher.publish(texts.map((text) => outgoing('k', text, { partition: 0, timestampUs: clock.nowUs() })));
  await publish('old 1', 'old 2');
  clock.advance(6 * DAY_US);
  await publish('young');
  expect(bus.sweepRetention()).toBe(0);
  clock.advance(2 * DAY_US);
  expect(bus.sweepRetention()).toBe(2);
  expect((await bus.lag('readers', TOPICS.decisions))[0]?.lag).toBe(1n);
  const reader = await collect(bus);
  await reader.atLeast(1);
  expect(reader.messages.map(({ offset }) => offset)).toEqual([2n]);
  clock.advance(30 * DAY_US);
  expect(bus.sweepRetention()).toBe(1);
  await publish('new');
  await reader.atLeast(2);
  expect(reader.messages.at(-1)?.offset).toBe(3n);
  await bus.close();
});

test('a sweep of many messages happens in pieces and leaves none', async () => {
  const clock = createManualClock();
  const bus = await open({ clock });
  await bus.publisher.publish(
    Array.from({ length: 9_001 }, (_, n) => outgoing('k', String(n), { partition: 2, timestampUs: clock.nowUs() })),
  );
  clock.advance(8 * DAY_US);
  expect(bus.sweepRetention()).toBe(9_001);
  expect(bus.sweepRetention()).toBe(0);
  await bus.close();
});

test('a compacted topic keeps the latest message of each key, and a tombstone for a day', async () => {
  const clock = createManualClock();
  const bus = await open({ clock });
  const publish = (key: string, text: string | undefined): Promise<void> =>
    bus.publisher.publish([outgoing(key, text, { topic: TOPICS.detectorState, partition: 0, timestampUs: clock.nowUs() })]);
  for (const text of ['1', '2', '3']) await publish('a', text);
  await publish('b', '1');
  await publish('b', undefined);
  const read = async (group: string, count: number) => {
    const reader = await collect(bus, { group, topic: TOPICS.detectorState });
    await reader.atLeast(count);
    await reader.consumer.stop();
    return reader.messages.map(({ key, value }) => [key, value === undefined ? undefined : Buffer.from(value).toString()]);
  };
  expect(await read('one', 2)).toEqual([
    ['a', '3'],
    ['b', undefined],
  ]);
  clock.advance(2 * DAY_US);
  expect(bus.sweepRetention()).toBe(1);
  expect(await read('two', 1)).toEqual([['a', '3']]);
  await publish('b', 'again');
  expect(await read('three', 2)).toEqual([
    ['a', '3'],
    ['b', 'again'],
  ]);
  await bus.close();
});

test('a sleeping consumer is woken by the publish, not by a timer', async () => {
  const bus = await open();
  const reader = await collect(bus);
  await bus.publisher.publish([outgoing('k', 'warm')]);
  await reader.atLeast(1);
  const turns: number[] = [];
  for (let n = 2; n < 40; n += 1) {
    await bus.publisher.publish([outgoing('k', String(n))]);
    let turn = 0;
    for (; reader.messages.length < n; turn += 1) await nextTurn();
    turns.push(turn);
  }
  turns.sort((a, b) => a - b);
  expect(turns[19]).toBeLessThan(20);
  await bus.close();
});

test('what is published to a closed bus is refused as retryable, and a log in memory works', async () => {
  const bus = await open({ path: ':memory:' });
  const reader = await collect(bus);
  await bus.publisher.publish([outgoing('k', 'x')]);
  await until('one message', () => reader.messages.length === 1);
  await bus.close();
  await expect(bus.publisher.publish([outgoing('k', 'x')])).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(collect(bus)).rejects.toMatchObject({ code: 'unavailable' });
});
