import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Anomaly, systemClock, systemRandom } from '@belay/protocol';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { createProgram } from '../program.ts';
import { dataDirAt } from './data-dir.ts';
import { type Platform, startPlatform } from './platform.ts';
import { parseUpOptions } from './up-settings.ts';

const DEADLINE_MS = 150_000;
/** Each of these runs a platform and a dozen commands: seconds on a quiet machine. */
const TIMEOUT_MS = 240_000;

async function eventually<T>(look: () => Promise<T | undefined>, everyMs = 20): Promise<T> {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`not true within ${DEADLINE_MS} ms: ${look}`);
    await sleep(everyMs);
  }
}

interface Rig {
  readonly platform: Platform;
  readonly data: string;
  /** `belay …` on this platform's data folder. */
  belay(...args: string[]): Promise<string>;
  /** Sends the nth call of an agent that always makes the same one in a session. */
  call(n: number, session?: string): Promise<void>;
  anomalies(): Promise<Anomaly[]>;
  /** Is the session paused? */
  held(session?: string): Promise<boolean>;
  /** What operators did is in the log: what is sent now comes after it. */
  settled(): Promise<void>;
}

async function startRig(promotion: { promotionSpan?: string; promotionDecisions?: string } = {}): Promise<Rig> {
  const data = await mkdtemp(join(tmpdir(), 'belay-operators-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const free = { collectorPort: '0', controlPort: '0', metricsPort: '0', roles: 'control,collector,detector,archive' };
  const platform = await startPlatform(
    parseUpOptions({ data, tenant: 'default', host: '127.0.0.1', ...free, ...promotion, canary: false }),
    {
      dir: dataDirAt(data),
      clock: systemClock,
      random: systemRandom,
      logger: pino({ level: 'silent' }),
      steps: { run: (_what, task) => task() },
    },
  );
  onTestFinished(async () => void (await platform.stop()));
  const startMs = Date.now() - 60_000;
  const belay = async (...args: string[]): Promise<string> => {
    let out = '';
    const terminal = createTerminal({ out: { write: (text) => (out += text) }, err: { write: () => true } }, {});
    const context = { terminal, clock: systemClock, env: {}, signal: new AbortController().signal, setExitCode: () => undefined };
    await createProgram(context).parseAsync(['node', 'belay', ...args, '--data', data]);
    return out;
  };
  return {
    platform,
    data,
    belay,
    call: (n, session = 'c1') => sendCall(platform, data, { n, session, startMs: startMs + n * 1000 }),
    anomalies: async () => {
      const { anomalies } = JSON.parse(await belay('anomalies', '--json')) as { anomalies: { anomaly: Anomaly }[] };
      return anomalies.map(({ anomaly }) => anomaly);
    },
    held: async (session = 'c1') => {
      const { holds } = JSON.parse(await belay('holds', '--json')) as { holds: { scopeId: string }[] };
      return holds.some(({ scopeId }) => scopeId === session);
    },
    settled: () =>
      eventually(async () => {
        const text = await (await fetch(`${platform.statusUrl}/metrics`)).text();
        return /^belay_control_outbox_waiting 0$/m.test(text) ? null : undefined;
      }).then(() => undefined),
  };
}

async function sendCall(
  platform: Platform,
  data: string,
  { n, session, startMs }: { n: number; session: string; startMs: number },
): Promise<void> {
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const attributes = [
    attribute('gen_ai.operation.name', 'execute_tool'),
    attribute('gen_ai.agent.id', 'stuck'),
    attribute('gen_ai.conversation.id', session),
    attribute('gen_ai.tool.name', 'find_invoice'),
    attribute('gen_ai.tool.call.arguments', JSON.stringify({ number: session })),
    attribute('gen_ai.tool.call.result', '{"status":"pending"}'),
  ];
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: n.toString(16).padStart(16, '1'),
    name: 'execute_tool find_invoice',
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + 5}000000`,
    attributes,
  };
  const token = (await readFile(dataDirAt(data).token('agent'), 'utf8')).trim();
  const response = await fetch(`${platform.collectorUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans: [span] }] }] }),
  });
  expect(response.status).toBe(200);
}

it(
  'what an operator calls expected is not paused again; once that is taken back, it is',
  async () => {
    const rig = await startRig();
    for (let n = 1; n <= 4; n += 1) await rig.call(n);
    const pause = await eventually(async () =>
      (await rig.held()) ? (await rig.anomalies()).find(({ response }) => response === 'pause') : undefined,
    );
    const id = pause.id.replace('sha256:', '').slice(0, 12);

    expect(await rig.belay('feedback', id, 'expected', '--note', 'it polls')).toContain('recorded, not answered');
    await rig.belay('resume', 'stuck');
    await rig.settled();
    for (let n = 5; n <= 8; n += 1) await rig.call(n);
    // The same agent's next story, judged after those calls, is paused: they were not.
    for (let n = 9; n <= 12; n += 1) await rig.call(n, 'c2');
    await eventually(async () => ((await rig.held('c2')) ? true : undefined));
    expect(await rig.held()).toBe(false);
    expect(await rig.belay('anomalies')).toContain('expected');

    await rig.belay('feedback', id, '--undo');
    await rig.settled();
    for (let n = 13; n <= 16; n += 1) await rig.call(n);
    await eventually(async () => ((await rig.held()) ? true : undefined));
  },
  TIMEOUT_MS,
);

it(
  'a newcomer backtests a mode on the platform’s own history, records it, and promotes on the strength of it',
  async () => {
    const beganUs = systemClock.nowUs();
    const rig = await startRig({ promotionSpan: '0s', promotionDecisions: '5' });
    await rig.belay('mode', 'loop', 'shadow');
    await rig.settled();
    for (let n = 1; n <= 5; n += 1) await rig.call(n);
    const backtest = async (...args: string[]) => JSON.parse(await rig.belay('backtest', '--history', '--since', '1h', '--json', ...args));
    await eventually(async () => ((await rig.anomalies()).length > 1 ? true : undefined));
    await eventually(async () => ((await backtest()).decisions === 5 ? true : undefined), 500);

    const out = join(rig.data, 'found.jsonl');
    // The agent's own clock says that it acted a minute before.
    expect((await backtest('--out', out)).firstUs).toBeGreaterThanOrEqual(beganUs);
    const again = (await readFile(out, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Anomaly);
    const facts = (found: readonly Anomaly[]) =>
      found.map(({ id, rule, response, mode }) => ({ id, rule, response, mode })).toSorted((a, b) => a.id.localeCompare(b.id));
    expect(facts(again)).toEqual(facts(await rig.anomalies()));
    expect(await rig.held()).toBe(false);

    const { diff } = await backtest('--mode', 'loop=enforce');
    expect(diff.added.filter(({ proposed }: { proposed: string }) => proposed === 'pause')).toMatchObject([
      { agentId: 'stuck', present: 'none' },
    ]);
    await expect(rig.belay('promote', 'loop', 'enforce')).rejects.toMatchObject({ message: expect.stringContaining('--record') });
    expect(await rig.belay('backtest', '--history', '--mode', 'loop=enforce', '--record')).toContain('belay promote loop');
    expect(await rig.belay('promote', 'loop', 'enforce')).toContain('On the strength of the backtest');
    expect(await rig.belay('mode', 'loop')).toMatch(/loop +every agent +enforce +set by/);
    await rig.settled();
    // The story is open and in its cool-down: its next repeat is the first that may act.
    await rig.call(6);
    await eventually(async () => ((await rig.held()) ? true : undefined));

    await rig.platform.stop();
    expect((await backtest()).decisions).toBe(6);
  },
  TIMEOUT_MS,
);

it('without a platform and without a history there is a way out', async () => {
  const rig = { data: await mkdtemp(join(tmpdir(), 'belay-operators-')) };
  onTestFinished(() => rm(rig.data, { recursive: true, force: true }));
  const terminal = createTerminal({ out: { write: () => true }, err: { write: () => true } }, {});
  const context = { terminal, clock: systemClock, env: {}, signal: new AbortController().signal, setExitCode: () => undefined };
  const args = ['node', 'belay', 'backtest', '--history', '--data', rig.data, '--control', 'http://127.0.0.1:1'];
  await expect(createProgram(context).parseAsync(args)).rejects.toMatchObject({
    exitCode: 3,
    hint: expect.stringContaining('--clickhouse'),
  });
});
