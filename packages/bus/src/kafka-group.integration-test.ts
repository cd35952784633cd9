import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@belay/protocol';
import { type KafkaForTests, withKafka } from '@belay/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect, numbered, until } from './contract/log.test-support.ts';
import { openLog } from './contract/open-log.test-support.ts';
import { createKafkaBus } from './kafka/kafka-bus.ts';

const CHILD = fileURLToPath(new URL('./contract/crash-child.test-support.ts', import.meta.url));

let kafka: KafkaForTests;
beforeAll(async () => {
  kafka = await withKafka();
});
afterAll(() => kafka.stop());

const effectsIn = (path: string): string[] => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []);

test('with two members in a group, one is killed and a third takes over: every message has its effect', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'belay-group-'));
  const address = { kind: 'kafka', bootstrap: kafka.bootstrap, prefix: `${randomUUID()}.` } as const;
  const bus = await openLog(address);
  const children: ChildProcess[] = [];
  const startMember = (name: string): string => {
    const effects = join(folder, name);
    const argv = ['--conditions=belay-source', CHILD, 'consume', JSON.stringify(address), effects];
    children.push(spawn(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] }));
    return effects;
  };
  const first = startMember('first');
  const second = startMember('second');
  try {
    let published = 0;
    const publishMore = async (count: number): Promise<void> => {
      await bus.publisher.publish(numbered(count, 40, published));
      published += count;
    };
    await until('both work', async () => {
      await publishMore(40);
      return effectsIn(first).length > 20 && effectsIn(second).length > 20;
    });
    children[0]?.kill('SIGKILL');
    const third = startMember('third');
    await publishMore(200);
    const all = (): number => new Set([first, second, third].flatMap(effectsIn)).size;
    await until('all that was published', () => all() === published);
    expect(effectsIn(third).length).toBeGreaterThan(0);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await bus.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a member that stays keeps its partitions, with its state and its position, when another joins', async () => {
  const bus = await createKafkaBus({ brokers: [kafka.bootstrap], clientId: 'test', prefix: `${randomUUID()}.`, clock: systemClock });
  await bus.ensureTopics();
  const events: string[] = [];
  const first = await collect(bus, {
    commit: 'manual',
    onAssigned: async ({ partition }) => void events.push(`+${partition}`),
    onRevoked: async ({ partition }) => void events.push(`-${partition}`),
  });
  await bus.publisher.publish(numbered(40, 40));
  await first.atLeast(40);
  const second = await collect(bus, { commit: 'manual' });
  await until('the first has given up half', () => events.filter((event) => event.startsWith('-')).length === 2);
  await bus.publisher.publish(numbered(40, 40, 40));
  await until('all', () => new Set([...first.texts(), ...second.texts()]).size === 80 && first.texts().some((text) => Number(text) >= 40));
  expect(events.filter((event) => event.startsWith('+'))).toHaveLength(4);
  // Nothing was committed, yet what the first has kept is not delivered to it again.
  expect(new Set(first.texts()).size).toBe(first.texts().length);
  await bus.close();
});
