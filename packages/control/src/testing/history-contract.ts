import type { DecisionEvent } from '@belay/protocol';
import { decision } from '@belay/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlDeps, Database } from '../index.ts';
import { eventually, type Harness, startHarness } from './control.test-support.ts';

/** History for backtests, read through control. */
export function historyCallContract(open: () => Promise<Database>): void {
  describe('history', () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.close());

    async function withHistory(history: ControlDeps['history'], task: (h: Harness) => Promise<void>, config = {}): Promise<void> {
      const h = await startHarness(database, config, history === undefined ? {} : { history });
      try {
        await task(h);
      } finally {
        await h.stop();
      }
    }
    const read = async (h: Harness, query: string): Promise<Response> =>
      fetch(`${h.control.url}/v1/history/records?${query}`, { headers: { authorization: `Bearer ${await h.operator()}` } });

    test('is a line per record, of the tenant of the token and the window and agents asked for', async () => {
      const asked: object[] = [];
      const events = Array.from({ length: 500 }, (_, n) => decision({ n }));
      const history: ControlDeps['history'] = async function* (window) {
        asked.push(window);
        yield* events;
      };
      await withHistory(history, async (h) => {
        const response = await read(h, 'sinceUs=5&untilUs=9&agents=billing-*');
        expect(response.headers.get('content-type')).toBe('application/x-ndjson');
        const lines = (await response.text()).trim().split('\n');
        expect(lines.map((line) => JSON.parse(line) as DecisionEvent)).toEqual(events);
        expect(asked).toEqual([{ tenant: h.tenant, sinceUs: 5, untilUs: 9, agents: 'billing-*' }]);
        expect((await read(h, 'sinceUs=9&untilUs=5')).status).toBe(400);
      });
    });

    test('that fails on the way is cut off: nobody takes half of it for the whole', async () => {
      const history: ControlDeps['history'] = async function* () {
        for (let n = 0; n < 500; n += 1) yield decision({ n });
        throw new Error('the engine is away');
      };
      await withHistory(history, async (h) => {
        const response = await read(h, 'sinceUs=0&untilUs=9');
        await expect(response.text()).rejects.toThrow();
      });
    });

    test('is read by two at once at most, and a reader that has gone makes room', async () => {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const history: ControlDeps['history'] = async function* () {
        for (let n = 0; n < 500; n += 1) yield decision({ n });
        await released;
      };
      await withHistory(history, async (h) => {
        const [first, second] = [await read(h, 'sinceUs=0&untilUs=9'), await read(h, 'sinceUs=0&untilUs=9')];
        expect((await read(h, 'sinceUs=0&untilUs=9')).status).toBe(503);
        release();
        await Promise.all([first.text(), second.text()]);
        const status = async (): Promise<number> => {
          const again = await read(h, 'sinceUs=0&untilUs=9');
          await again.text();
          return again.status;
        };
        await eventually(async () => (await status()) === 200);
      });
    });

    test('is cut off when its token is revoked, and when nobody reads on: others wait for the place', async () => {
      const history: ControlDeps['history'] = async function* () {
        // More than the kernel keeps for a reader that does not read.
        for (let n = 0; n < 100_000; n += 1) yield decision({ n });
      };
      const task = async (h: Harness): Promise<void> => {
        const jti = 'reads-history';
        const token = await h.operator('operator', { jti });
        const revoked = await fetch(`${h.control.url}/v1/history/records?sinceUs=0&untilUs=9`, {
          headers: { authorization: `Bearer ${token}` },
        });
        await h.call('POST', '/v1/tokens/revoke', { token: await h.operator('admin'), body: { jti } });
        await expect(revoked.text()).rejects.toThrow();

        const stalled = await read(h, 'sinceUs=0&untilUs=9');
        await eventually(async () => h.logs.some(({ fields }) => JSON.stringify(fields).includes('nobody read on')));
        await expect(stalled.text()).rejects.toThrow();
      };
      await withHistory(history, task, { pingIntervalMs: 10 });
    });

    test('without an archive beside control says so, and what to do', async () => {
      await withHistory(undefined, async (h) => {
        const response = await read(h, 'sinceUs=0&untilUs=9');
        expect(await response.json()).toMatchObject({ status: 503, detail: expect.stringContaining('--clickhouse') });
      });
    });
  });
}
