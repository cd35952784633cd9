import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type BusHarness, collect, keyOf, type LogUnderTest, numbered, until } from './log.test-support.ts';
import { withLog } from './with-bus.test-support.ts';

const CHILD = fileURLToPath(new URL('./crash-child.test-support.ts', import.meta.url));
const COUNT = 400;
const KEYS = 5;

const linesOfFile = (path: string): string[] => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []);

function startChild(role: 'consume' | 'publish', log: LogUnderTest, effects: string): ChildProcess {
  return spawn(process.execPath, ['--conditions=belay-source', CHILD, role, JSON.stringify(log.address), effects], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function killWhen(child: ChildProcess, what: string, check: () => boolean): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await until(what, () => {
      if (child.exitCode !== null) throw new Error(`the child ended by itself with ${child.exitCode}`);
      return check();
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

async function withEffects(test: (effects: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-effects-'));
  try {
    await test(join(folder, 'effects'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Numbers of one key in the order of their first effect. */
const firstEffects = (effects: string, key: string): number[] => [
  ...new Set(linesOfFile(effects).flatMap((line) => (line.startsWith(`${key} `) ? [Number(line.slice(key.length + 1))] : []))),
];

/** Processes that are killed without warning. */
export function crashContract(harness: BusHarness): void {
  it('loses no message, and no order, when consumers are killed in the middle of a batch', () =>
    withEffects((effects) =>
      withLog(harness, async (log) => {
        const bus = await log.open();
        await bus.publisher.publish(numbered(COUNT, KEYS));
        await bus.close();
        const seen = (): number => new Set(linesOfFile(effects)).size;
        for (const share of [0.2, 0.6]) {
          await killWhen(startChild('consume', log, effects), `${share} of the messages`, () => seen() > COUNT * share);
          expect(seen()).toBeLessThan(COUNT);
        }
        await killWhen(startChild('consume', log, effects), 'all messages', () => seen() === COUNT);
        for (let key = 0; key < KEYS; key += 1) {
          const expected = Array.from({ length: COUNT / KEYS }, (_, index) => index * KEYS + key);
          expect(firstEffects(effects, keyOf(key))).toEqual(expected);
        }
      }),
    ));

  it('has every message whose publish was acknowledged, when the publisher is killed', () =>
    withEffects((effects) =>
      withLog(harness, async (log) => {
        await killWhen(startChild('publish', log, effects), '300 acknowledged', () => linesOfFile(effects).length > 300);
        const acknowledged = linesOfFile(effects);
        const bus = await log.open();
        const reader = await collect(bus);
        await until('all acknowledged', () => {
          const read = new Set(reader.texts());
          return acknowledged.every((number) => read.has(number));
        });
      }),
    ));
}
