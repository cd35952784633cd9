import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type RealPlatform, startRealPlatform } from './real-platform.test-support.ts';

let platform: RealPlatform;

beforeAll(async () => {
  platform = await startRealPlatform();
});
afterAll(() => platform?.stop());

interface HoldView {
  id: string;
  agentId: string;
  releasedUs?: number;
}

async function holds(): Promise<string[]> {
  const { stdout } = await platform.belay('holds', '--json');
  const answer = JSON.parse(stdout);
  const list: HoldView[] = Array.isArray(answer) ? answer : answer.holds;
  return list.map(({ agentId }) => agentId).sort();
}

const controlEvents = (type: string): Promise<{ agent_id: string }[]> =>
  platform.rows(`SELECT DISTINCT agent_id FROM control_events_v1 WHERE type = '${type}' ORDER BY agent_id`);

describe('the whole loop on real Kafka, PostgreSQL and the ClickHouse engine', () => {
  it('stops the looping and the overspending sample agent, and no other', async () => {
    const { code, stdout, stderr } = await platform.belay('demo', '--exit-after-demo');
    expect(`${stdout}${stderr}`).toContain('2 stopped and confirmed, 4 untouched');
    expect(code).toBe(0);
    expect(await holds()).toEqual(['looper', 'spender']);
  });

  it('has the holds and their confirmations on record', async () => {
    const both = [{ agent_id: 'looper' }, { agent_id: 'spender' }];
    expect(
      await eventually(
        () => controlEvents('hold.placed'),
        ({ length }) => length >= 2,
      ),
    ).toEqual(both);
    const acknowledged = await eventually(
      () => controlEvents('ack'),
      ({ length }) => length >= 2,
    );
    expect(acknowledged).toEqual(expect.arrayContaining(both));
  });

  it('keeps an agent held over a kill -9 of the platform, and the audit chain whole', async () => {
    await platform.crash();
    expect(await holds()).toEqual(['looper', 'spender']);
    const { code, stdout } = await platform.belay('audit', 'verify');
    expect(stdout).toMatch(/whole|intact|verified|unbroken/i);
    expect(code).toBe(0);
  });
});
